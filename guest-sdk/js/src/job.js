// The job at hand, as the record keeps it: every answer is the same on every replay.

import * as host from "#host/job";
import { asked } from "./errors.js";

/** The job's id. */
export const id = () => host.id();
/** When this attempt was accepted, in milliseconds since 1970-01-01T00:00:00Z. */
export const acceptedAtMs = () => host.acceptedAtMs();
/** The next `len` bytes of the stream that the host seeded for this call; no secret. `limit` over 4,096 at once. */
export const random = (len) => Uint8Array.from(asked(() => host.random(len)));
