// Tests without a node: a host made of values.
//
//     const host = new Host({ model: ["Rain falls."], tools: { "word.count": { words: 2 } } });
//     assert.deepEqual(host.run(reasoning, { text: "It rained all day." }).result, { brief: "Rain falls." });
//
// Invariant: the same in every run: time, ids and random bytes are fixed, and what a test didn't give is refused as the host does.
// Doesn't know: JSON Schemas and the operator's rules; `jaros eval` judges by those.
// Start at: `Host`.

export { Failure, HostError } from "./errors.js";
export { Host } from "./testing/given.js";
export { Crash } from "./testing/interfaces.js";
