import assert from "node:assert/strict";
import { test } from "node:test";

import { Host } from "@jaros/guest/testing";

import { action } from "./tool.ts";

test("an amount is converted where there is a rate", () => {
  const converted = new Host().execute(action, { dollars: 290, currency: "EUR" });
  assert.deepEqual(converted, { amount: 145, currency: "EUR" });
  assert.throws(() => new Host().execute(action, { dollars: 1, currency: "XYZ" }), /^Failure: there is no rate for XYZ$/);
});
