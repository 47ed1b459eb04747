// Agents: plans, turns, steps, and what becomes of errors.

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
  job,
  log,
  memo,
  Plan,
  propose,
  submit,
  submitAndWait,
} from "@jaros/guest";
import { Crash, Host } from "@jaros/guest/testing";

const deciding = (decide, more = {}) => agent({ description: "Under test.", decide, ...more });
const only = (plan) => plan.decisions[0].payload;

test("a plan keeps the order, and a note stands on the last decision", () => {
  const plan = propose("greet", { name: "Ada" }).propose("text.count", {}).note("why");
  assert.deepEqual(plan.decisions, [
    { kind: "greet", payload: { name: "Ada" }, note: "" },
    { kind: "text.count", payload: {}, note: "why" },
  ]);
  assert.equal(plan.goesOn, false);
  assert.throws(() => new Plan().note("why"), /a note stands on a decision/);
});

test("a plan is no promise", async () => {
  const plan = finish(1);
  assert.equal(await plan, plan);
});

test("the built-in actions have the payloads that the host reads", () => {
  assert.deepEqual(only(finish([1])), { events: ["complete"], result: [1] });
  assert.deepEqual(only(fail("no")), { events: ["fail"], note: "no" });
  assert.deepEqual(only(block("ask")), { events: ["block"], note: "ask" });
  assert.deepEqual(only(submit("b", 1)), { agent: "b", input: 1 });
  assert.deepEqual(only(submitAndWait("b", 1)), { agent: "b", input: 1, wait: true });
});

test("a memo asks for another turn even when it is null, and goOn is a memo of step and data", () => {
  assert.equal(memo(null).toWire().memo, "null");
  assert.deepEqual(JSON.parse(goOn("review", { n: 1 }).toWire().memo), { step: "review", data: { n: 1 } });
  assert.deepEqual(JSON.parse(goOn("review").toWire().memo), { step: "review", data: null });
});

test("a turn has input, memo and answers out of JSON", () => {
  let seen;
  const under = deciding((turn) => {
    seen = turn;
    return finish();
  });
  new Host().decide(
    under,
    { a: 1 },
    { memo: { left: 3 }, answers: [[1, 2], new HostError("refused", "not yours")], number: 2 },
  );
  assert.deepEqual(
    [seen.input, seen.memo, seen.number, seen.step, seen.data],
    [{ a: 1 }, { left: 3 }, 2, "start", null],
  );
  const [done, undone] = seen.answers;
  assert.deepEqual([done.ok, done.value, done.result(), done.text], [true, [1, 2], [1, 2], "[1,2]"]);
  assert.deepEqual([undone.ok, undone.error.code, undone.error.message], [false, "refused", "not yours"]);
  assert.throws(() => undone.result(), HostError);
});

test("steps run by name with their data", () => {
  const under = agent({
    description: "",
    steps: {
      start: () => goOn("middle", ["start"]),
      middle: (turn) => goOn("end", [...turn.data, turn.step]),
      end: (turn) => finish([...turn.data, turn.step]),
    },
  });
  const run = new Host().run(under);
  assert.deepEqual([run.result, run.turns], [["start", "middle", "end"], 3]);
});

test("a step that doesn't exist fails the job and names those that do", () => {
  const run = new Host().run(
    agent({ description: "", steps: { start: () => goOn("toString"), review: () => finish() } }),
  );
  assert.deepEqual(
    [run.state, run.error.code, run.error.message],
    ["FAILED", "failed", 'there is no step "toString"; there are start, review'],
  );
});

test("what is no agent is said where it is written", () => {
  assert.throws(() => agent({ description: "" }), /either decide\(turn\) or steps/);
  assert.throws(() => agent({ description: "", decide() {}, steps: {} }), /either decide\(turn\) or steps/);
  assert.throws(() => agent({ description: "", steps: { review() {} } }), /the steps are review, but no `start`/);
});

test("a Failure is the err word for word, a HostError its code and message", () => {
  const said = (error) =>
    new Host().run(
      deciding(() => {
        throw error;
      }),
    ).error;
  assert.equal(said(new Failure("not on a Sunday")).message, "not on a Sunday");
  assert.equal(said(new HostError("limit", "too much")).message, "limit: too much");
});

test("an input that doesn't fit says where", () => {
  const under = deciding(() => finish(), {
    parse(input) {
      if (typeof input.name !== "string") throw new TypeError("`name` is no text");
      return input;
    },
  });
  assert.equal(new Host().run(under, { name: 1 }).error.message, "input: `name` is no text");
  assert.equal(new Host().run(under, null).error.message, "input: Cannot read properties of null (reading 'name')");
  assert.equal(new Host().run(under, { name: "Ada" }).state, "DONE");
});

test("a bug ends the call with its kind, message and place", () => {
  class Worse extends Error {}
  const crash = (decide) => {
    try {
      new Host().run(deciding(decide));
    } catch (error) {
      assert.ok(error instanceof Crash, String(error));
      return error;
    }
    return assert.fail("it did not crash");
  };
  const typeError = crash((turn) => turn.nothing.here);
  assert.match(typeError.message, /^it gave up: TypeError: Cannot read .*, at test\/agent\.test\.js:\d+$/);
  assert.ok(typeError.cause instanceof TypeError);
  assert.match(
    crash(() => {
      throw new Worse("oh");
    }).message,
    /^it gave up: Worse: oh, at test\/agent/,
  );
  assert.equal(
    crash(() => {
      throw "text";
    }).message,
    "it gave up: string: text",
  );
  assert.match(crash(async () => finish()).message, /TypeError: decide returned a promise/);
  assert.match(crash(() => ({ decisions: [] })).message, /TypeError: turn 1 returned \{"decisions":\[\]\}, not a plan/);
});

test("clock and randomness come from the job, inside of a call alone", () => {
  const under = deciding(() => {
    log.info("at", new Date(), { n: 1 }, new Error("oh"));
    return finish([
      job.id(),
      job.acceptedAtMs(),
      Date.now(),
      new Date(0).getTime(),
      Math.random() === Math.random(),
      [...job.random(2)],
    ]);
  });
  const host = new Host({ acceptedAtMs: 5 });
  const [id, ms, now, then, same, bytes] = host.run(under).result;
  assert.deepEqual([id, ms, now, then, same], ["test", 5, 5, 0, false]);
  assert.deepEqual(bytes, new Host().run(under).result[5]);
  assert.deepEqual(host.logs, [{ level: "info", message: 'at "1970-01-01T00:00:00.005Z" {"n":1} Error: oh' }]);
  assert.ok(Date.now() > 1_700_000_000_000);
});

test("describe says what the author wrote", () => {
  const profile = deciding(() => finish(), { schema: { type: "object" }, meta: { author: "Ada" } }).describe();
  assert.deepEqual(profile, { description: "Under test.", schema: '{"type":"object"}', meta: '{"author":"Ada"}' });
});
