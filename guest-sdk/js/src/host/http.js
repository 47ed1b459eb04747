export { send } from "jaros:plugin/http@1.0.0";
