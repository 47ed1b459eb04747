import type { Schema } from "./types.js";

/** Asks the default model one question and returns its text. */
export function ask(prompt: string): string;

/** A conversation to complete, built by chaining. */
export class Request {
  /** Asks a model of the operator's settings by its alias. */
  model(alias: string): this;
  /** Adds what the model should keep to. */
  system(content: string): this;
  /** Adds what a person says. */
  user(content: string): this;
  /** Adds what the model said before. */
  assistant(content: string): this;
  /** Adds any message, with parts that aren't plain text. */
  message(role: string, content: string, parts?: Part[]): this;
  /** Adds something the model may call. */
  tool(name: string, description: string, schema: Schema): this;
  /** Asks for JSON of this schema, which the response's `structured` then holds. */
  schema(schema: Schema): this;
  /** Sets a provider-neutral setting: `temperature`, `max_tokens`. */
  param(name: string, value: unknown): this;
  /** Asks. A HostError says what the provider or the host said instead; it is recorded as the answer. */
  send(): Response;
}

/** What the model answered. */
export interface Response {
  text: string;
  /** The parts that aren't plain text. */
  parts: Part[];
  /** The answer as JSON where a schema asked for it; else `null`. */
  structured: any;
  /** The model that answered, as the provider names it. */
  model: string;
  /** `stop`, `length`, `call` or the provider's own word. */
  finish: string;
  /** Tokens as the provider counts them. */
  usage: { input?: number; output?: number; [name: string]: unknown };
  /** What the model wants carried out. */
  calls: Call[];
}

/** One call that the model wants. */
export interface Call {
  id: string;
  name: string;
  arguments: any;
}

/** Part of a message: `call`, `result`, `image`, or what a later host adds. */
export type Part = { type: string; [name: string]: any };
