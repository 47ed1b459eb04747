// Where in the author's sources an error was thrown.
//
// Invariant: names the first frame that isn't this SDK's.
// Doesn't know: columns; in a component it has a table of lines that `build.js` appends to the bundle.
// Start at: `placeOf`.

import { placeIn } from "./table.js";

const HERE = typeof process === "object" ? new URL(".", import.meta.url).href : "";

/** `agent.js:12`, or nothing where the stack doesn't say. */
export function placeOf(error) {
  for (const frame of String(error.stack ?? "").split("\n")) {
    const [, file, line] = /^\s*at .*?\(?([^\s(]+):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (!file) continue;
    const place = HERE ? inNode(file, line) : inBundle(Number(line));
    if (place) return place;
  }
  return "";
}

const inBundle = (line) => placeIn(globalThis.__jarosLines ?? { files: [], runs: [] }, line);

function inNode(file, line) {
  if (file.startsWith("node:") || file.startsWith(HERE)) return "";
  const path = file.replace(/^file:\/\//, "");
  const folder = `${process.cwd()}/`;
  return `${path.startsWith(folder) ? path.slice(folder.length) : path}:${line}`;
}
