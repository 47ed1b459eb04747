// A small ordered map that outlives the job, one per tool and tenant. Tools only.
//
// Invariant: what is put or deleted is staged until the outcome is on the record; the call sees its own changes.
// Doesn't know: other tools' keys.
// Start at: `get`, `getJson`.

import * as host from "#host/store";
import { json } from "./call.js";
import { asked, HostError } from "./errors.js";
import { bytesOf, decoded } from "./text.js";

/** A key's value as bytes, or `null`. */
export function get(key) {
  const value = asked(() => host.get(key));
  return value == null ? null : Uint8Array.from(value);
}

/** A key's value as text, or `null`. `invalid` when it isn't UTF-8. */
export function getText(key) {
  const value = get(key);
  if (value === null) return null;
  const text = decoded(value);
  if (text === undefined) throw new HostError("invalid", `the value of ${key} is not UTF-8`);
  return text;
}

/** A key's value out of JSON, or `null`. `invalid` when it isn't JSON. */
export function getJson(key) {
  const text = getText(key);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HostError("invalid", `the value of ${key} is not JSON: ${error.message}`);
  }
}

/** Sets a key's value, text or bytes. */
export const put = (key, value) => asked(() => host.put(key, bytesOf(value)));
/** Sets a key's value, as JSON. */
export const putJson = (key, value) => put(key, json(value));

const remove = (key) => asked(() => host.delete(key));
/** Removes a key, whether or not it is there. */
export { remove as delete };

/** Keys that start with `prefix` and come after `after`, in byte order, at most `limit`. */
export const keys = (prefix = "", after = "", limit = 100) => asked(() => host.keys(prefix, after, limit));
