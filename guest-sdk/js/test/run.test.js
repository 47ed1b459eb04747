// How a job ends in the host of a test: the table of docs/contract.md.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  agent,
  block,
  fail,
  Failure,
  finish,
  goOn,
  HostError,
  memo,
  Plan,
  propose,
  submit,
  submitAndWait,
  tool,
} from "@jaros/guest";
import { Host } from "@jaros/guest/testing";

const deciding = (decide) => agent({ description: "", decide });
const refuse = () => {
  throw new HostError("refused", "not today");
};
const ended = (plan, given = {}) => {
  const run = new Host(given).run(deciding(plan));
  if (run.error) assert.throws(() => run.result, run.error);
  return [run.state, run.error ? String(run.error) : run.result];
};

test("a job ends as its last list says", () => {
  const tools = { greet: "hi", refused: refuse };
  for (const [plan, state, said] of [
    [() => finish({ n: 1 }), "DONE", { n: 1 }],
    [() => new Plan(), "DONE", null],
    [() => propose("greet"), "DONE", "hi"],
    [() => fail("no"), "FAILED", "failed: no"],
    [() => block("ask"), "BLOCKED", null],
    [() => propose("refused").propose("greet"), "FAILED", "refused: not today"],
    [() => propose("none"), "FAILED", 'not-found: there is no action "none": new Host({ tools: { … } })'],
    [() => memo(1), "FAILED", "limit: turns: the job took all 32 (turns)"],
    [({ number }) => (number === 1 ? propose("refused").memo(0) : finish("mended")), "DONE", "mended"],
  ]) {
    assert.deepEqual(ended(plan, { tools }), [state, said], String(plan));
  }
});

test("a blocked job goes on with the operator's word", () => {
  const steps = { start: () => block("ask").goOn("later"), later: ({ answers }) => finish(answers.at(-1).value) };
  const blocking = agent({ description: "", steps });
  assert.equal(new Host().run(blocking).state, "BLOCKED");
  const run = new Host().run(blocking, null, { unblock: ["go"] });
  assert.deepEqual([run.state, run.result], ["DONE", "go"]);
  assert.equal(
    new Host().run(
      deciding(() => block("ask")),
      null,
      { unblock: ["go"] },
    ).result,
    "go",
  );
});

test("children are given as values, functions or agents", () => {
  const child = deciding(({ input }) => (input === "bad" ? fail("bad") : finish({ child: input })));
  const agents = { value: 1, echo: (input) => input, child };
  const waiting = (name, input) =>
    ended((turn) => (turn.number === 1 ? submitAndWait(name, input).memo(0) : finish(turn.answers[0].result())), {
      agents,
    });
  assert.deepEqual(waiting("value", 0), ["DONE", 1]);
  assert.deepEqual(waiting("echo", [2]), ["DONE", [2]]);
  assert.deepEqual(waiting("child", 3), ["DONE", { child: 3 }]);
  assert.deepEqual(waiting("child", "bad"), ["FAILED", "failed: failed: bad"]);
  assert.deepEqual(waiting("none", 0), [
    "FAILED",
    'failed: not-found: there is no agent "none": new Host({ agents: { … } })',
  ]);
  assert.deepEqual(
    ended(() => submit("echo", 1), { agents }),
    ["DONE", { job: "test/1/1-child" }],
  );
  assert.deepEqual(
    ended(() => submit("child", "bad"), { agents }),
    ["DONE", { job: "test/1/1-child" }],
  );
});

test("a tool of the SDK is validated and carried out", () => {
  const half = tool({
    description: "Halves.",
    schema: { type: "object" },
    validate({ of }) {
      if (of % 2) throw new Failure(`${of} is odd`);
    },
    execute({ of }) {
      if (of === 0) throw new Failure("nothing to halve");
      return of / 2;
    },
  });
  const halved = (of) => ended(() => propose("half", { of }), { tools: { half } });
  assert.deepEqual(
    [halved(6), halved(7), halved(0)],
    [
      ["DONE", 3],
      ["FAILED", "refused: 7 is odd"],
      ["FAILED", "failed: nothing to halve"],
    ],
  );
  assert.deepEqual(
    new Host({ tools: { half } }).actions().find(({ kind }) => kind === "half"),
    { kind: "half", description: "Halves.", schema: { type: "object" } },
  );
});

test("fs.write keeps its artifacts, and every decision is told", () => {
  const host = new Host();
  const run = host.run(deciding(() => propose("fs.write", { path: "a/b.txt", data: "é" }, "why")));
  assert.deepEqual([run.result, host.artifacts], [{ bytes: 2, path: "a/b.txt" }, { "a/b.txt": "é" }]);
  const [{ id, turn, kind, note, ok, value }] = run.decisions;
  assert.deepEqual([id, turn, kind, note, ok, value], ["test/1/1", 1, "fs.write", "why", true, run.result]);
});

test("decide is one turn", () => {
  const steps = {
    start: () => propose("greet", { a: 1 }).goOn("next", [1]),
    next: ({ data, answers }) => finish([data, answers[0].kind, answers[0].value]),
  };
  const under = agent({ description: "", steps });
  const first = new Host().decide(under);
  assert.deepEqual(first, {
    decisions: [{ kind: "greet", payload: { a: 1 }, note: "" }],
    memo: { step: "next", data: [1] },
    goesOn: true,
  });
  const next = new Host().decide(under, null, {
    step: "next",
    data: [1],
    answers: [{ kind: "greet", value: "hi" }],
    number: 2,
  });
  assert.deepEqual(next.decisions[0].payload.result, [[1], "greet", "hi"]);
  assert.equal(next.memo, undefined);
  const no = deciding(() => {
    throw new Failure("no");
  });
  assert.throws(() => new Host().decide(no), { name: "Failure", message: "no" });
  assert.equal(goOn("x").goesOn, true);
});
