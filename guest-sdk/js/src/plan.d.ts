/** What one turn proposes, built by chaining. */
export class Plan {
  /** Adds a decision; its payload is anything that JSON can say. The first that fails or is refused ends the list. */
  propose(kind: string, payload?: unknown, note?: string): this;
  /** Says why the last decision was proposed, in a line for whoever reads the record. */
  note(why: string): this;
  /** Adds a job for another agent; the answer names it: `{ job }`. */
  submit(agent: string, input?: unknown): this;
  /** Adds a job for another agent; the next turn waits for it, and the answer is its result. */
  submitAndWait(agent: string, input?: unknown): this;
  /** Asks for another turn, which sees this memo and what became of the decisions, failures included. */
  memo(value: unknown): this;
  /** Asks for another turn, which runs this step with `turn.data`. */
  goOn(step: string, data?: unknown): this;
  /** What was proposed so far, payloads as data. */
  get decisions(): { kind: string; payload: any; note: string }[];
  /** Whether the plan asks for another turn. */
  get goesOn(): boolean;
  /** As it crosses. */
  toWire(): { decisions: { kind: string; payload: string; note: string }[]; memo: string | null };
}

/** A plan whose first decision is this one. */
export function propose(kind: string, payload?: unknown, note?: string): Plan;
/** A plan whose first decision is a job for another agent. */
export function submit(agent: string, input?: unknown): Plan;
/** The same, and the next turn waits for its result. */
export function submitAndWait(agent: string, input?: unknown): Plan;
/** A plan that proposes nothing and asks for a turn of this step. */
export function goOn(step: string, data?: unknown): Plan;
/** A plan that proposes nothing and asks for another turn with this memo. */
export function memo(value: unknown): Plan;
/** A plan that ends the job well, with this as its result. */
export function finish(result?: unknown): Plan;
/** A plan that ends the job as failed, for this reason. */
export function fail(reason: string): Plan;
/** A plan that holds the job until an operator unblocks it, for this reason. */
export function block(reason: string): Plan;
