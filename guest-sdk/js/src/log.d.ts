/** Writes a line. `level` is `error`, `warn`, `info`, `debug` or `trace`; anything else counts as `info`. */
export function write(level: string, message: string): void;
/** Something went wrong. Parts that aren't text are written as JSON. */
export function error(...parts: unknown[]): void;
/** Something may go wrong. */
export function warn(...parts: unknown[]): void;
/** Something worth knowing happened. */
export function info(...parts: unknown[]): void;
/** How it came about. */
export function debug(...parts: unknown[]): void;
/** Every step of it. */
export function trace(...parts: unknown[]): void;
