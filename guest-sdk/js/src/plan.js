// What an agent proposes.
//
// Invariant: decisions stand in the order in which they were proposed; a plan with a memo asks for another turn.
// Doesn't know: whether anything in it is allowed: the host's gate does.
// Start at: `propose`.

import { json } from "./call.js";

/**
 * What one turn proposes, built by chaining. The chain's word is `propose` and not `then`: a method of that name would make a
 * plan a promise to JavaScript.
 */
export class Plan {
  #decisions = [];
  #memo = null;

  /** Adds a decision. The first that fails or is refused ends the list. */
  propose(kind, payload = {}, note = "") {
    this.#decisions.push({ kind: String(kind), payload: json(payload), note: String(note) });
    return this;
  }

  /** Says why the last decision was proposed, in a line for whoever reads the record. */
  note(why) {
    const last = this.#decisions.at(-1);
    if (!last) throw new TypeError("a note stands on a decision, and there is none yet");
    last.note = String(why);
    return this;
  }

  /** Adds a job for another agent; the answer names it: `{ job }`. */
  submit(agent, input = null) {
    return this.propose("submit", { agent, input });
  }

  /** Adds a job for another agent; the next turn waits for it, and the answer is its result. */
  submitAndWait(agent, input = null) {
    return this.propose("submit", { agent, input, wait: true });
  }

  /** Asks for another turn, which sees this memo and what became of the decisions, failures included. */
  memo(value) {
    this.#memo = json(value);
    return this;
  }

  /** Asks for another turn, which runs this step with `turn.data`. */
  goOn(step, data = null) {
    return this.memo({ step, data });
  }

  /** `[{ kind, payload, note }]` so far, payloads as data. */
  get decisions() {
    return this.#decisions.map(({ kind, payload, note }) => ({ kind, payload: JSON.parse(payload), note }));
  }

  /** Whether the plan asks for another turn. */
  get goesOn() {
    return this.#memo !== null;
  }

  /** As it crosses. */
  toWire() {
    return { decisions: this.#decisions, memo: this.#memo };
  }
}

/** A plan whose first decision is this one. */
export const propose = (kind, payload, note) => new Plan().propose(kind, payload, note);
/** A plan whose first decision is a job for another agent. */
export const submit = (agent, input) => new Plan().submit(agent, input);
/** The same, and the next turn waits for its result. */
export const submitAndWait = (agent, input) => new Plan().submitAndWait(agent, input);
/** A plan that proposes nothing and asks for a turn of this step. */
export const goOn = (step, data) => new Plan().goOn(step, data);
/** A plan that proposes nothing and asks for another turn with this memo. */
export const memo = (value) => new Plan().memo(value);

/** A plan that ends the job well, with this as its result. */
export const finish = (result = null) => propose("advance", { events: ["complete"], result });
/** A plan that ends the job as failed, for this reason. */
export const fail = (reason) => propose("advance", { events: ["fail"], note: String(reason) });
/** A plan that holds the job until an operator unblocks it, for this reason. */
export const block = (reason) => propose("advance", { events: ["block"], note: String(reason) });
