// A job from its first turn to its end.
//
// Invariant: decisions are carried out in order, and the first that fails ends the list; how a job ends is the contract's table.
// Doesn't know: grants and schemas: every kind that the test gave may be proposed.
// Start at: `runJob`.

import { Failure, HostError } from "../errors.js";
import { isAgent, isTool } from "./given.js";

const TURNS = 32;
const STATES = { complete: "DONE", fail: "FAILED", block: "BLOCKED" };

/** A job as it ended. */
class Run {
  state = "DONE";
  error = undefined;
  turns = 0;
  decisions = [];
  #result = null;

  /** Throws why the job failed: a test that looks for a result then says so, and doesn't only miss it. */
  get result() {
    if (this.state === "FAILED") throw this.error;
    return this.#result;
  }

  done(result) {
    this.#result = result;
    return this;
  }

  ended(state, error) {
    return Object.assign(this, { state, error });
  }
}

/** Runs a job until it ends or blocks. */
export function runJob(host, agent, input, unblock) {
  const run = new Run();
  let [memo, answers] = ["null", []];
  while (run.turns < TURNS) {
    run.turns += 1;
    let plan;
    try {
      plan = host.turn(agent, input, memo, answers, run.turns);
    } catch (error) {
      if (error instanceof Failure) return run.ended("FAILED", new HostError("failed", error.message));
      throw error;
    }
    const carried = carryOut(host, run, plan.decisions);
    const last = carried.at(-1);
    const moved = carried.map(movedTo).findLast(Boolean);
    answers = carried.map(crossing);
    if (moved === "FAILED") return run.ended("FAILED", new HostError("failed", last.payload.note ?? ""));
    if (moved === "BLOCKED") {
      if (unblock.length === 0) return run.ended("BLOCKED");
      const word = unblock.shift();
      if (plan.memo === null) return run.done(word);
      answers.push({
        id: `${host.jobId}/${run.turns}/${answers.length + 1}`,
        kind: "unblock",
        outcome: { tag: "ok", val: text(word) },
      });
    } else if (moved === "DONE" || plan.memo === null) {
      if (last?.error && moved !== "DONE") return run.ended("FAILED", last.error);
      return run.done(last?.value ?? null);
    }
    memo = plan.memo;
  }
  return run.ended("FAILED", new HostError("limit", `turns: the job took all ${TURNS} (turns)`));
}

/** Carries a list out, up to the first that fails. */
function carryOut(host, run, decisions) {
  const carried = [];
  for (const { kind, payload, note } of decisions) {
    const id = `${host.jobId}/${run.turns}/${carried.length + 1}`;
    const decision = { id, turn: run.turns, kind, payload: JSON.parse(payload), note, ok: true };
    carried.push(decision);
    run.decisions.push(decision);
    try {
      decision.value = resultOf(host, decision, payload) ?? null;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      Object.assign(decision, { ok: false, error });
      break;
    }
  }
  return carried;
}

function crossing({ id, kind, error, value }) {
  const outcome = error
    ? { tag: "err", val: { code: error.code, message: error.message } }
    : { tag: "ok", val: text(value) };
  return { id, kind, outcome };
}

/** The state that an `advance` moved the job to, if it did. */
function movedTo({ kind, payload, error }) {
  if (kind !== "advance" || error) return undefined;
  return STATES[(payload?.events ?? ["complete"]).at(-1)];
}

function resultOf(host, decision, payloadText) {
  const { kind, payload, id } = decision;
  if (kind === "advance") {
    return "result" in payload ? payload.result : { note: payload.note ?? "", state: movedTo(decision) ?? "RUNNING" };
  }
  if (kind === "fs.write") {
    host.artifacts[payload.path] = payload.data;
    return { bytes: Buffer.byteLength(payload.data), path: payload.path };
  }
  if (kind === "submit") return submitted(host, payload, id);
  if (!Object.hasOwn(host.tools, kind)) {
    throw new HostError("not-found", `there is no action ${JSON.stringify(kind)}: new Host({ tools: { … } })`);
  }
  const tool = host.tools[kind];
  if (!isTool(tool)) return said("failed", () => (typeof tool === "function" ? tool(payload) : tool));
  said("refused", () => host.validate(tool, payload));
  return said("failed", () => JSON.parse(host.executed(tool, payloadText, `decision ${id}`)));
}

function submitted(host, { agent: name, input = null, wait = false }, id) {
  if (!Object.hasOwn(host.agents, name)) {
    throw new HostError("not-found", `there is no agent ${JSON.stringify(name)}: new Host({ agents: { … } })`);
  }
  const agent = host.agents[name];
  let result;
  if (isAgent(agent)) {
    const child = runJob(host, agent, text(input), []);
    if (child.error && wait) throw child.error;
    result = child.error ? null : child.result;
  } else result = said("failed", () => (typeof agent === "function" ? agent(input) : agent));
  return wait ? result : { job: `${id}-child` };
}

/** A Failure is an outcome with this code. */
function said(code, work) {
  try {
    return work();
  } catch (error) {
    throw error instanceof Failure ? new HostError(code, error.message) : error;
  }
}

const text = (value) => JSON.stringify(value ?? null);
