// What an agent is called with.
//
// Invariant: answers stand in the order of the decisions they answer.
// Doesn't know: how a decision was carried out.
// Start at: `Turn`.

import { typed } from "./call.js";
import { HostError } from "./errors.js";

/** The step of a job's first turn, and of one whose memo names none. */
export const START = "start";

/** One turn of a job. */
export class Turn {
  constructor(wire, parse) {
    /** The job's input, the same in every turn. */
    this.input = typed("input", wire.input, parse);
    /** From 1. */
    this.number = wire.number;
    /** What the agent noted for itself in the turn before; `null` in the first. */
    this.memo = typed("memo", wire.memo);
    /** One for each decision of the turn before that was judged, in order; empty in the first. */
    this.answers = wire.answers.map((answer) => new Answer(answer));
  }

  /** The step that the plan before went on to. */
  get step() {
    const step = this.memo?.step;
    return typeof step === "string" ? step : START;
  }

  /** What the plan before gave to this step; `null` in the first. */
  get data() {
    return this.memo?.data ?? null;
  }
}

/** What became of one decision of the turn before: `ok` with its `value`, or not, with the `error`. */
export class Answer {
  constructor({ id, kind, outcome }) {
    /** `JOB/TURN/N`. */
    this.id = id;
    /** As proposed. */
    this.kind = kind;
    this.ok = outcome.tag === "ok";
    if (this.ok) {
      /** The result as the host's own JSON text. */
      this.text = outcome.val;
      this.value = typed(`the answer of ${id}`, outcome.val);
    } else {
      this.error = new HostError(outcome.val.code, outcome.val.message);
    }
  }

  /** The result; throws the HostError where the decision was refused or failed. */
  result() {
    if (!this.ok) throw this.error;
    return this.value;
  }
}
