// Diagnostics, kept beside the record and never part of it.

import * as host from "#host/log";

const said = (parts) => parts.map((part) => (typeof part === "string" ? part : told(part))).join(" ");

/** An error as its kind and message, data as JSON. */
function told(part) {
  if (part instanceof Error) return String(part);
  try {
    return JSON.stringify(part) ?? String(part);
  } catch {
    return String(part);
  }
}

/** Writes a line. `level` is `error`, `warn`, `info`, `debug` or `trace`; anything else counts as `info`. */
export const write = (level, message) => host.write(String(level), String(message));

/** Something went wrong. Parts that aren't text are written as JSON. */
export const error = (...parts) => write("error", said(parts));
/** Something may go wrong. */
export const warn = (...parts) => write("warn", said(parts));
/** Something worth knowing happened. */
export const info = (...parts) => write("info", said(parts));
/** How it came about. */
export const debug = (...parts) => write("debug", said(parts));
/** Every step of it. */
export const trace = (...parts) => write("trace", said(parts));
