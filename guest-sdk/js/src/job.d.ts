/** The job's id. */
export function id(): string;
/** When this attempt was accepted, in milliseconds since 1970-01-01T00:00:00Z. `Date.now()` says the same. */
export function acceptedAtMs(): number;
/** The next `len` bytes of the stream that the host seeded for this call; no secret. `limit` over 4,096 at once. */
export function random(len: number): Uint8Array;
