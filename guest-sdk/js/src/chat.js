// A conversation with the model that goes on from turn to turn, its calls carried out as decisions in between.
//
// Invariant: the whole conversation stands in the memo, as `{"chat":{"messages":[…],"calls":[…]}}` in every language.
// Doesn't know: when it is over: the agent does.
// Start at: `Chat`.

import { list } from "./actions.js";
import { Request } from "./model.js";
import { Plan } from "./plan.js";
import { START } from "./turn.js";

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
  #turn;
  #messages = [];

  constructor(turn, { system = "", user = "" } = {}) {
    this.#turn = turn;
    const kept = turn.memo?.chat;
    if (!kept) {
      if (system) this.#add("system", system);
      if (user) this.#add("user", user);
      return;
    }
    this.#messages = kept.messages;
    const judged = turn.answers.filter((answer) => answer.kind !== "unblock");
    kept.calls.forEach((call, i) => this.#add("tool", "", [{ type: "result", id: call.id, content: told(judged[i]) }]));
  }

  /** `[{ role, content, parts }]` so far. */
  get messages() {
    return JSON.parse(JSON.stringify(this.#messages));
  }

  /** Adds what a person says. */
  user(content) {
    this.#add("user", content);
    return this;
  }

  /**
   * Asks the model, and adds its answer. It may call every action that this agent may propose, or those of `tools`: kinds, or
   * actions of your own. `params` are settings such as `temperature` and `schema`.
   */
  ask({ tools, model = "", params = {} } = {}) {
    const request = new Request().model(model);
    for (const { role, content, parts } of this.#messages) request.message(role, content, parts);
    for (const { kind, description, schema } of offered(tools)) request.tool(kind, description, schema);
    for (const [name, value] of Object.entries(params)) request.param(name, value);
    const reply = request.send();
    this.#add(
      "assistant",
      reply.text,
      reply.parts.filter((part) => part?.type === "call"),
    );
    return reply;
  }

  /** A plan of one proposal a call, and the conversation as its memo. The next turn runs the same step. */
  carryOut(reply) {
    const plan = new Plan();
    for (const call of reply.calls) plan.propose(call.name, call.arguments);
    const chat = { messages: this.#messages, calls: reply.calls.map(({ id, name }) => ({ id, name })) };
    const { step, data } = this.#turn;
    return plan.memo(step === START ? { chat } : { chat, step, data });
  }

  #add(role, content, parts = []) {
    this.#messages.push({ role, content: String(content), parts });
  }
}

function told(answer) {
  if (!answer) return "not carried out: an earlier call failed";
  return answer.ok ? answer.text : String(answer.error);
}

function offered(tools) {
  if (tools && !tools.some((one) => typeof one === "string")) return tools;
  const known = list();
  if (!tools) return known;
  return tools.map((one) => {
    if (typeof one !== "string") return one;
    const action = known.find(({ kind }) => kind === one);
    if (action) return action;
    throw new RangeError(
      `this agent may not propose ${JSON.stringify(one)}; it may: ${known.map(({ kind }) => kind).join(", ")}`,
    );
  });
}
