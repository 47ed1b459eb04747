import assert from "node:assert/strict";
import { test } from "node:test";

import { Host } from "@jaros/guest/testing";

import { action } from "./tool.js";

const path = "data/a.txt";

test("a file is new, then the same, then changed", () => {
  const look = (text, store) => {
    const host = new Host({ files: { [path]: text }, store });
    return [host.execute(action, { path }), { [path]: host.stored(path) }];
  };
  const [first, once] = look("two words", {});
  assert.deepEqual(first, { path, words: 2, changed: false, first: true });
  assert.deepEqual(once, { [path]: { bytes: 9, words: 2 } });
  const [second, twice] = look("two words", once);
  assert.deepEqual(second, { path, words: 2, changed: false, first: false });
  assert.deepEqual(look("three wörds now", twice)[0], { path, words: 3, changed: true, first: false });
});

test("what it may not read is refused, and nothing is kept", () => {
  const host = new Host({ files: { [path]: "" }, store: {} });
  assert.throws(() => host.execute(action, { path: "etc/passwd" }), {
    message: "refused: there is no granted folder `etc`; granted: `data`",
  });
  assert.equal(host.stored(path), undefined);
});
