export { read, readRange, stat, entries } from "jaros:plugin/files-read@1.0.0";
