// What agents and tools are made of. Capabilities beyond the base worlds are modules of their own: `@jaros/guest/files`,
// `/store`, `/http`, `/host-facts`, since a component can only import what its world names.

export { agent } from "./agent.js";
export { tool } from "./tool.js";
export { block, fail, finish, goOn, memo, Plan, propose, submit, submitAndWait } from "./plan.js";
export { Chat } from "./chat.js";
export { Failure, HostError } from "./errors.js";
export * as actions from "./actions.js";
export * as job from "./job.js";
export * as log from "./log.js";
export * as model from "./model.js";
