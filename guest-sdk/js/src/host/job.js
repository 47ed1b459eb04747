export { id, acceptedAtMs, random } from "jaros:plugin/job@1.0.0";
