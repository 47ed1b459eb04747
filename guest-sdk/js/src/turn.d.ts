import type { HostError } from "./errors.js";

/** One turn of a job. `Input` is the job's input, `Data` what the plan before gave to this step. */
export interface Turn<Input = any, Data = any> {
  /** The job's input, the same in every turn. */
  readonly input: Input;
  /** From 1. */
  readonly number: number;
  /** What the agent noted for itself in the turn before; `null` in the first. */
  readonly memo: any;
  /** One for each decision of the turn before that was judged, in order; empty in the first. */
  readonly answers: Answer[];
  /** The step that the plan before went on to; `start` where it named none. */
  readonly step: string;
  /** What the plan before gave to this step; `null` in the first. */
  readonly data: Data;
}

/** What became of one decision of the turn before: ask `ok` which of the two it is, or have `result()` throw. */
export type Answer = Done | Undone;

interface Judged {
  /** `JOB/TURN/N`. */
  readonly id: string;
  /** As proposed. */
  readonly kind: string;
  /** The result; throws the HostError where the decision was refused or failed. */
  result<Result = any>(): Result;
}

/** A decision that was carried out. */
export interface Done extends Judged {
  readonly ok: true;
  readonly value: any;
  /** The result as the host's own JSON text. */
  readonly text: string;
}

/** A decision that was refused or failed. */
export interface Undone extends Judged {
  readonly ok: false;
  readonly error: HostError;
}
