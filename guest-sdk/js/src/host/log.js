export { write } from "jaros:plugin/log@1.0.0";
