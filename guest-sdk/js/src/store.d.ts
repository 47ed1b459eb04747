/** A key's value as bytes, or `null`. */
export function get(key: string): Uint8Array | null;
/** A key's value as text, or `null`. `invalid` when it isn't UTF-8. */
export function getText(key: string): string | null;
/** A key's value out of JSON, or `null`. `invalid` when it isn't JSON. */
export function getJson<Value = any>(key: string): Value | null;
/** Sets a key's value, text or bytes. */
export function put(key: string, value: string | Uint8Array): void;
/** Sets a key's value, as JSON. */
export function putJson(key: string, value: unknown): void;
declare function remove(key: string): void;
/** Removes a key, whether or not it is there. */
export { remove as delete };
/** Keys that start with `prefix` and come after `after`, in byte order, at most `limit` (100). */
export function keys(prefix?: string, after?: string, limit?: number): string[];
