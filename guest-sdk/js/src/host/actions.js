export { list } from "jaros:plugin/actions@1.0.0";
