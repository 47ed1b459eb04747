// A host made of values: what a test gives it, and what it saw.
//
// Invariant: a call that says no leaves nothing of what it staged.
// Doesn't know: how a job goes on from turn to turn.
// Start at: `Host`.

import { Failure, HostError } from "../errors.js";
import { bytesOf } from "../text.js";
import { within } from "./current.js";
import { interfacesFor } from "./interfaces.js";
import { runJob } from "./run.js";

const BUILT_INS = {
  advance: "Moves the job to another state.",
  "fs.write": "Writes a text file.",
  submit: "Makes a job for another agent.",
};

/** Stands in for a node. Everything is optional; a capability that isn't given is refused. */
export class Host {
  constructor(given = {}) {
    const {
      model = [],
      tools = {},
      agents = {},
      files,
      writable = [],
      store,
      system,
      disk,
      http = {},
      jobId = "test",
      acceptedAtMs = 1_700_000_000_000,
    } = given;
    Object.assign(this, { model, tools, agents, writable, system, disk, http, jobId, acceptedAtMs });
    this.files = files && mapped(files, bytesOf);
    this.store = store && mapped(store, (value) => (isBytes(value) ? bytesOf(value) : bytesOf(JSON.stringify(value))));
    this.logs = [];
    this.asked = [];
    this.sent = [];
    this.written = {};
    this.removed = [];
    this.artifacts = {};
  }

  /** One turn: `{ decisions, memo, goesOn }`. Throws the Failure where the agent says no. */
  decide(agent, input = null, { memo = null, step, data = null, answers = [], number = 1 } = {}) {
    const noted = step === undefined ? memo : { step, data };
    const plan = this.turn(
      agent,
      text(input),
      text(noted),
      answers.map((one, i) => crossing(`${this.jobId}/${number - 1}/${i + 1}`, one)),
      number,
    );
    const decisions = plan.decisions.map(({ kind, payload, note }) => ({ kind, payload: JSON.parse(payload), note }));
    return { decisions, memo: plan.memo === null ? undefined : JSON.parse(plan.memo), goesOn: plan.memo !== null };
  }

  /** A whole job, turn by turn. `unblock` holds the operator's words, in the order in which the job blocks. */
  run(agent, input = null, { unblock = [] } = {}) {
    return runJob(this, agent, text(input), [...unblock]);
  }

  /** A tool's `validate`; throws the Failure where it says no. */
  validate(tool, payload = null) {
    said(() => within(interfacesFor(this, "validate", "validate"), () => tool.validate(text(payload))));
  }

  /** A tool's result; throws the Failure where it says no, and then nothing of what it staged is left. */
  execute(tool, payload = null) {
    return JSON.parse(this.executed(tool, text(payload), "decision"));
  }

  /** What an agent may propose: the tools, and the built-in actions. */
  actions() {
    const builtIn = Object.entries(BUILT_INS).map(([kind, description]) => ({ kind, description, schema: {} }));
    const given = Object.entries(this.tools).map(([kind, tool]) => {
      const { description = "", schema = "{}" } = isTool(tool)
        ? within(interfacesFor(this, "validate", "describe"), () => tool.describe())
        : {};
      return { kind, description, schema: JSON.parse(schema) };
    });
    return [...builtIn, ...given].sort((a, b) => (a.kind < b.kind ? -1 : 1));
  }

  /** What the store holds under a key, out of JSON; `undefined` for nothing. */
  stored(key) {
    const value = this.store?.[key];
    return value && JSON.parse(Buffer.from(value).toString());
  }

  /** One turn, in texts as they cross. */
  turn(agent, input, memo, answers, number) {
    return said(() =>
      within(interfacesFor(this, "agent", `turn ${number}`), () => agent.decide({ input, memo, answers, number })),
    );
  }

  /** A tool's call, in texts as they cross. */
  executed(tool, payload, stream) {
    const kept = {
      files: { ...this.files },
      store: { ...this.store },
      written: { ...this.written },
      removed: [...this.removed],
    };
    try {
      return said(() => within(interfacesFor(this, "tool", stream), () => tool.execute(payload)));
    } catch (error) {
      if (!this.files) delete kept.files;
      if (!this.store) delete kept.store;
      Object.assign(this, kept);
      throw error;
    }
  }
}

/** Whether it is what `tool({…})` makes, and not a result or a function of the payload. */
export const isTool = (value) => typeof value?.execute === "function" && typeof value.validate === "function";
/** Whether it is what `agent({…})` makes. */
export const isAgent = (value) => typeof value?.decide === "function" && typeof value.describe === "function";

/** An `err` leaves an export as a text. */
function said(work) {
  try {
    return work();
  } catch (error) {
    throw typeof error === "string" ? new Failure(error) : error;
  }
}

const text = (value) => JSON.stringify(value ?? null);
const isBytes = (value) => typeof value === "string" || value instanceof Uint8Array;
const mapped = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

/** A result, or a HostError; `{ kind, value }` and `{ kind, error }` name the kind too. */
function crossing(id, given) {
  const whole =
    given !== null && typeof given === "object" && "kind" in given && ("value" in given || "error" in given);
  const { kind = "", value, error } = whole ? given : given instanceof HostError ? { error: given } : { value: given };
  const outcome = error
    ? { tag: "err", val: { code: error.code, message: error.message } }
    : { tag: "ok", val: text(value) };
  return { id, kind, outcome };
}
