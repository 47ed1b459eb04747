// What crosses, as types.

/** Anything that JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** JSON Schema (2020-12, local references only). */
export type Schema = { [word: string]: unknown } | boolean;

/** What a component says about itself to people and models. It grants nothing; its name is its file's. */
export interface Described {
  /** A sentence for people and models. */
  description: string;
  /** JSON Schema of an agent's input or a tool's payload, checked by the host before anything else; the default accepts anything. */
  schema?: Schema;
  /** Anything else worth showing: `{ author: "…" }`. The version is package.json's. */
  meta?: { [name: string]: unknown };
}

/** Something that may be proposed, or offered to a model. */
export interface Action {
  kind: string;
  description: string;
  schema: Schema;
}

/** A profile as it crosses. */
export interface WireProfile {
  description: string;
  schema: string;
  meta: string;
}
