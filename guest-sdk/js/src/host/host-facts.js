export { system, disk } from "jaros:plugin/host-facts@1.0.0";
