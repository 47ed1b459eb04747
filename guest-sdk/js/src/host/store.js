export { get, put, delete, keys } from "jaros:plugin/store@1.0.0";
