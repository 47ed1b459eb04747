export { abort } from "jaros:plugin/panic@1.0.0";
