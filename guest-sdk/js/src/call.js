// One call of an export, from its beginning to what crosses back.
//
// Invariant: a `Failure`, a `HostError` and a value that doesn't fit are the call's `err`; everything else that escapes is a
// bug and ends the call with its message and place, never with a bare trap.
// Doesn't know: what the call does.
// Start at: `call`.

import { abort } from "#host/panic";
import { Failure, HostError } from "./errors.js";
import { enter, leave } from "./globals.js";
import { placeOf } from "./place.js";

/** Runs an author's code for one call. What it throws is a text, which the bindings make the `err` of. */
export function call(work) {
  enter();
  try {
    return work();
  } catch (error) {
    throw answerOf(error);
  } finally {
    leave();
  }
}

/** The text of an error that is an answer. For a bug it never returns; the error itself is for tests. */
function answerOf(error) {
  if (error instanceof Failure) return error.message;
  if (error instanceof HostError) return String(error);
  return abort(bug(error), error);
}

function bug(error) {
  if (!(error instanceof Error)) return `${typeof error}: ${String(error)}`;
  const place = placeOf(error);
  return `${kindOf(error)}: ${error.message}${place ? `, at ${place}` : ""}`;
}

/** `TypeError`; of a class of the author's that sets no name, the class. */
function kindOf(error) {
  return error.name === "Error" ? (error.constructor?.name ?? "Error") : error.name;
}

/** JSON that crosses, and `parse` of the author's on it; what doesn't fit says where: `input: …`. */
export function typed(where, text, parse) {
  try {
    const value = JSON.parse(text);
    return parse ? parse(value) : value;
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new Failure(`${where}: ${error?.message ?? error}`);
  }
}

/** A value as JSON text; `undefined` is `null`. */
export function json(value) {
  return JSON.stringify(value) ?? "null";
}

/** Instances live for one call and nothing in them can be waited for. */
export function notAPromise(value, what) {
  if (typeof value?.then === "function") {
    throw new TypeError(`${what} returned a promise, and there is nothing to wait for here: leave out async and await`);
  }
  return value;
}
