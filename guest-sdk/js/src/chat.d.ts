import type { Part, Response } from "./model.js";
import type { Plan } from "./plan.js";
import type { Turn } from "./turn.js";
import type { Action } from "./types.js";

/**
 * The loop of a model that calls tools:
 *
 *     const chat = new Chat(turn, { system: "Be brief.", user: turn.input.question });
 *     const reply = chat.ask();
 *     if (reply.calls.length > 0) return chat.carryOut(reply);
 *     return finish({ answer: reply.text });
 *
 * In a job's first turn the conversation is new; later it comes from the memo, with what became of the calls added. A call's
 * name is the kind of a decision and its arguments are the payload, so everything that the model does passes the gate.
 */
export class Chat {
  constructor(turn: Turn, first?: { system?: string; user?: string });
  /** The conversation so far. */
  get messages(): { role: string; content: string; parts: Part[] }[];
  /** Adds what a person says. */
  user(content: string): this;
  /**
   * Asks the model, and adds its answer. It may call every action that this agent may propose, or those of `tools`: kinds, or
   * actions of your own. `params` are settings such as `temperature` and `schema`.
   */
  ask(options?: { tools?: (string | Action)[]; model?: string; params?: { [name: string]: unknown } }): Response;
  /** A plan of one proposal a call, and the conversation as its memo. The next turn runs the same step. */
  carryOut(reply: Response): Plan;
}
