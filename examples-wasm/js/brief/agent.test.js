import assert from "node:assert/strict";
import { test } from "node:test";

import { Host } from "@jaros/guest/testing";

import { reasoning } from "./agent.js";

function brief(words) {
  const host = new Host({
    model: ["a summary", "a shorter one"],
    tools: { "word.count": { words } },
    agents: { echo: (input) => input },
  });
  return { host, run: host.run(reasoning, { text: "A long story." }) };
}

const question = (host, i) => host.asked[i].messages[0].content;

test("a short summary is handed on as it is", () => {
  const { host, run } = brief(20);
  assert.deepEqual(run.result, { brief: { summary: "a summary", words: 20 } });
  assert.deepEqual(
    run.decisions.map(({ kind }) => kind),
    ["word.count", "submit", "advance"],
  );
  assert.equal(question(host, 0), "Summarise in one sentence: A long story.");
  assert.equal(host.asked.length, 1);
});

test("a long summary is shortened once", () => {
  const { host, run } = brief(21);
  assert.deepEqual(run.result, { brief: { summary: "a shorter one", words: 21 } });
  assert.equal(question(host, 1), "Shorten to at most 20 words: a summary");
});
