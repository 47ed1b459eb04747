export { complete } from "jaros:plugin/model@1.0.0";
