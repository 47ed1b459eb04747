import assert from "node:assert/strict";
import { test } from "node:test";

import { Host } from "@jaros/guest/testing";

import { action } from "./tool.ts";

test("words are what white space parts", () => {
  const cases: [string, number][] = [
    ["two words", 2],
    [" \n\t", 0],
    ["", 0],
    ["a\u00a0b\nc", 3],
  ];
  for (const [text, words] of cases) {
    assert.deepEqual(new Host().execute(action, { text }), { words }, JSON.stringify(text));
  }
});
