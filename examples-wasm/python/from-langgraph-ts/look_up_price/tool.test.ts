import assert from "node:assert/strict";
import { test } from "node:test";

import { Host } from "@jaros/guest/testing";

import { action } from "./tool.ts";

test("what is sold has a price", () => {
  assert.deepEqual(new Host().execute(action, { item: "lamp" }), { item: "lamp", dollars: 40 });
  assert.throws(() => new Host().execute(action, { item: "boat" }), /^Failure: we don't sell boat$/);
});
