// The interchangeable model. Agents only; every call is recorded.
//
// Invariant: a call says all that its answer depends on.
// Doesn't know: providers, keys, or whether the answer comes from a model or from the record.
// Start at: `ask`, or `Request` for more than one question.

import * as host from "#host/model";
import { json } from "./call.js";
import { asked } from "./errors.js";

/** Asks the default model one question and returns its text. */
export const ask = (prompt) => new Request().user(prompt).send().text;

/** A conversation to complete, built by chaining. */
export class Request {
  #model = "";
  #messages = [];
  #tools = [];
  #params = {};

  /** Asks a model of the operator's settings by its alias. */
  model(alias) {
    this.#model = alias;
    return this;
  }

  /** Adds what the model should keep to. */
  system(content) {
    return this.message("system", content);
  }

  /** Adds what a person says. */
  user(content) {
    return this.message("user", content);
  }

  /** Adds what the model said before. */
  assistant(content) {
    return this.message("assistant", content);
  }

  /** Adds any message, with parts that aren't plain text. */
  message(role, content, parts = []) {
    this.#messages.push({ role, content: String(content), parts: json(parts) });
    return this;
  }

  /** Adds something the model may call. */
  tool(name, description, schema) {
    this.#tools.push({ name, description, schema });
    return this;
  }

  /** Asks for JSON of this schema, which the response's `structured` then holds. */
  schema(schema) {
    return this.param("schema", schema);
  }

  /** Sets a provider-neutral setting: `temperature`, `max_tokens`. */
  param(name, value) {
    this.#params[name] = value;
    return this;
  }

  /** Asks. A HostError says what the provider or the host said instead; it is recorded as the answer. */
  send() {
    const request = {
      model: this.#model,
      messages: this.#messages,
      tools: json(this.#tools),
      params: json(this.#params),
    };
    return response(asked(() => host.complete(request)));
  }
}

function response({ text, parts, structured, model, finish, usage }) {
  const read = JSON.parse(parts);
  const calls = read
    .filter((part) => part?.type === "call")
    .map((part) => ({ id: part.id, name: part.name, arguments: part.arguments }));
  return { text, parts: read, structured: JSON.parse(structured), model, finish, usage: JSON.parse(usage), calls };
}
