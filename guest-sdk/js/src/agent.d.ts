import type { Plan } from "./plan.js";
import type { Turn } from "./turn.js";
import type { Described, WireProfile } from "./types.js";

interface Common<Input> extends Described {
  /**
   * Makes the input what the code expects, or throws: the job then fails with `input: …`. A schema library's `parse` fits
   * here; the type of `turn.input` follows from it.
   */
  parse?(input: any): Input;
}

/** An agent that looks at every turn itself. */
export interface Deciding<Input> extends Common<Input> {
  /** Proposes what should happen next. */
  decide(turn: Turn<Input>): Plan;
  steps?: never;
}

/** An agent of named steps. */
export interface Stepping<Input> extends Common<Input> {
  /** By name; the first is `start`, and a plan's `goOn("review")` asks for a turn of the step `review`. */
  steps: { start(turn: Turn<Input>): Plan; [name: string]: (turn: Turn<Input, any>) => Plan };
  decide?: never;
}

export type Agent<Input = any> = Deciding<Input> | Stepping<Input>;

/** An agent as the contract's `reasoning`. */
export interface Reasoning {
  describe(): WireProfile;
  decide(turn: {
    input: string;
    memo: string;
    answers: {
      id: string;
      kind: string;
      outcome: { tag: "ok"; val: string } | { tag: "err"; val: { code: string; message: string } };
    }[];
    number: number;
  }): { decisions: { kind: string; payload: string; note: string }[]; memo: string | null };
}

/**
 * Makes an agent, for `export const reasoning = agent({…})`: a `description`, and either `decide(turn)`, or `steps` by name, of
 * which the first is `start`. A fresh instance serves each turn, so nothing is kept but what the plan says.
 */
export function agent<Input = any>(definition: Agent<Input>): Reasoning;
