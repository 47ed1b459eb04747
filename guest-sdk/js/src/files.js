// Files inside the folders that the operator granted: `files-read`, and `files-write` for tools.
//
// Invariant: a path is `GRANT/rest`; host paths never appear. What is written is staged until the outcome is on the record.
// Doesn't know: where the folders lie. A component that only reads needs only `files-read` in its world.
// Start at: `readText`.

import * as reading from "#host/files-read";
import * as writing from "#host/files-write";
import { asked, HostError } from "./errors.js";
import { bytesOf, decoded } from "./text.js";

/** A whole file as bytes. `not-found`, `refused` outside the grants, `limit`. */
export const read = (path) => Uint8Array.from(asked(() => reading.read(path)));

/** A whole file as text. `invalid` when it isn't UTF-8. */
export function readText(path) {
  const text = decoded(read(path));
  if (text === undefined) throw new HostError("invalid", `${path} is not UTF-8`);
  return text;
}

/** At most `len` bytes from `offset` on. */
export const readRange = (path, offset, len) => Uint8Array.from(asked(() => reading.readRange(path, offset, len)));
/** What lies at a path: `{ name, kind, sizeBytes }`; links are never followed. */
export const stat = (path) => asked(() => reading.stat(path));
/** What a folder holds, sorted by name. */
export const entries = (path) => asked(() => reading.entries(path));

/** Writes a whole file, text or bytes. Tools only. */
export const write = (path, data) => asked(() => writing.write(path, bytesOf(data)));
/** Removes a file. Tools only. */
export const remove = (path) => asked(() => writing.remove(path));
