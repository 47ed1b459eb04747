import assert from "node:assert/strict";
import { test } from "node:test";

import { Failure, Host } from "@jaros/guest/testing";
import type { ModelAnswer } from "@jaros/guest/testing";

import { reasoning } from "./agent.ts";

const PRICES: { [item: string]: number } = { lamp: 40, desk: 250 };

function run(question: string, ...model: ModelAnswer[]) {
  const host = new Host({
    model,
    tools: {
      look_up_price: ({ item }: { item: string }) => {
        if (!(item in PRICES)) throw new Failure(`we don't sell ${item}`);
        return { item, dollars: PRICES[item] };
      },
      convert: ({ dollars, currency }: { dollars: number; currency: string }) => ({ amount: dollars * 0.5, currency }),
    },
  });
  return host.run(reasoning, { question });
}

test("the model asks for tools until it can answer", () => {
  const ended = run(
    "A desk and a lamp, in euros?",
    {
      calls: [
        { name: "look_up_price", arguments: { item: "desk" } },
        { name: "look_up_price", arguments: { item: "lamp" } },
      ],
    },
    { calls: [{ name: "convert", arguments: { dollars: 290, currency: "EUR" } }] },
    "That is 145 euros.",
  );
  assert.deepEqual(ended.result, { answer: "That is 145 euros." });
  assert.deepEqual(
    ended.decisions.slice(0, 3).map(({ value }) => value),
    [{ item: "desk", dollars: 250 }, { item: "lamp", dollars: 40 }, { amount: 145, currency: "EUR" }],
  );
});

test("what a tool says no to is told to the model", () => {
  const ended = run("A boat?", { calls: [{ name: "look_up_price", arguments: { item: "boat" } }] }, "We don't sell boats.");
  assert.equal(ended.decisions[0].error?.message, "we don't sell boat");
  assert.deepEqual(ended.result, { answer: "We don't sell boats." });
});
