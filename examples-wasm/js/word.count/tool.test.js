import assert from "node:assert/strict";
import { test } from "node:test";

import { Host } from "@jaros/guest/testing";

import { action } from "./tool.js";

test("words are what white space parts", () => {
  for (const [text, words] of [
    ["two words", 2],
    [" \n\t", 0],
    ["", 0],
    ["a\u00a0b\nc", 3],
  ]) {
    assert.deepEqual(new Host().execute(action, { text }), { words }, JSON.stringify(text));
  }
});
