// Tests without a node: npm test

import assert from "node:assert/strict";
import { test } from "node:test";

import { Host, HostError } from "@jaros/guest/testing";

import { reasoning } from "./agent.js";

test("a greeting becomes the result", () => {
  const host = new Host({ tools: { greet: ({ name }) => ({ greeting: `Hello, ${name}!` }) } });
  const run = host.run(reasoning, { name: "Ada" });
  assert.deepEqual(run.result, { said: "Hello, Ada!" });
  assert.deepEqual(
    run.decisions.map(({ kind }) => kind),
    ["greet", "advance"],
  );
});

test("a refusal fails the job", () => {
  const refuse = () => {
    throw new HostError("refused", "not today");
  };
  const run = new Host({ tools: { greet: refuse } }).run(reasoning, { name: "Ada" });
  assert.deepEqual([run.state, run.error?.message], ["FAILED", "refused: not today"]);
});
