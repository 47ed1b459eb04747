// Tests without a node: npm test

import assert from "node:assert/strict";
import { test } from "node:test";

import { Host } from "@jaros/guest/testing";

import { action } from "./tool.ts";

test("words are counted", () => {
  assert.deepEqual(new Host().execute(action, { text: "It rained all day." }), { words: 4 });
});

test("an empty text is refused", () => {
  assert.throws(() => new Host().validate(action, { text: " " }), /^Failure: there is nothing to count$/);
});
