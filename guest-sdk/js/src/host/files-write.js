export { write, remove } from "jaros:plugin/files-write@1.0.0";
