import type { Described, WireProfile } from "./types.js";

/** A tool: carries a payload out and returns its result, which is anything that JSON can say. */
export interface Tool<Payload = any, Result = unknown> extends Described {
  /**
   * Makes the payload what the code expects, or throws: the proposal is then refused with `payload: …`. A schema library's
   * `parse` fits here; the type of the payload follows from it.
   */
  parse?(payload: any): Payload;
  /** Whether `execute` could carry this payload out, beyond what schema and `parse` say: throws a Failure if not. Only `job` and `log` work here. */
  validate?(payload: Payload): void;
  /** Carries the payload out. A Failure is an outcome too: it is recorded, and what the call had staged is dropped. */
  execute(payload: Payload): Result;
}

/** A tool as the contract's `action`. */
export interface WireAction {
  describe(): WireProfile;
  validate(payload: string): void;
  execute(payload: string): string;
}

/** Makes a tool, for `export const action = tool({…})`. A fresh instance serves each call. */
export function tool<Payload = any, Result = unknown>(definition: Tool<Payload, Result>): WireAction;
