/** What lies at a path. */
export interface Entry {
  name: string;
  /** `file`, `dir` or `other`; links are never followed. */
  kind: string;
  sizeBytes: number;
}

/** A whole file as bytes. `not-found`, `refused` outside the grants, `limit`. */
export function read(path: string): Uint8Array;
/** A whole file as text. `invalid` when it isn't UTF-8. */
export function readText(path: string): string;
/** At most `len` bytes from `offset` on. */
export function readRange(path: string, offset: number, len: number): Uint8Array;
/** What lies at a path; links are never followed. */
export function stat(path: string): Entry;
/** What a folder holds, sorted by name. */
export function entries(path: string): Entry[];

/** Writes a whole file, text or bytes. Tools only; their world imports `files-write`. */
export function write(path: string, data: string | Uint8Array): void;
/** Removes a file. Tools only; their world imports `files-write`. */
export function remove(path: string): void;
