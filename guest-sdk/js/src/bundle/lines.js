// Where the lines of a bundle came from.
//
// Invariant: a line of this SDK has no place, so that an error is shown in the author's own code.
// Doesn't know: columns: bundles aren't minified, and a line is what a person looks for.
// Start at: `lineTable`; `src/table.js` reads the table inside of a component.

import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { placeIn } from "../table.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The map of a bundle at `build/` as `{ files, runs }`: in `runs` three numbers where lines stop following each other. */
export function lineTable(map, sdk) {
  const own = dirname(fileURLToPath(sdk));
  const names = map.sources.map((source) => resolve("build", source));
  const files = [];
  const indexOf = (source) => {
    const name = relative(".", names[source]);
    if (!files.includes(name)) files.push(name);
    return files.indexOf(name);
  };
  const runs = [];
  let [file, offset] = [-2, 0];
  firstSegments(map.mappings).forEach((segment, i) => {
    const known = segment && !names[segment.source].startsWith(`${own}/`);
    const at = known ? indexOf(segment.source) : -1;
    const distance = known ? segment.line - i : 0;
    if (at === file && distance === offset) return;
    [file, offset] = [at, distance];
    runs.push(i + 1, at, known ? segment.line + 1 : 0);
  });
  return { files, runs };
}

/** For each line of the bundle its first segment's `{ source, line }`, both from 0; lines without one have none. */
function firstSegments(mappings) {
  let [source, line] = [0, 0];
  return mappings.split(";").map((segments) => {
    let first;
    for (const segment of segments.split(",").filter(Boolean)) {
      const [, sourceStep, lineStep] = numbers(segment);
      if (sourceStep === undefined) continue;
      source += sourceStep;
      line += lineStep;
      first ??= { source, line };
    }
    return first;
  });
}

/** Base 64 VLQ, as source maps have it. */
function numbers(segment) {
  const found = [];
  let [value, shift] = [0, 0];
  for (const letter of segment) {
    const digit = LETTERS.indexOf(letter);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return found;
}

/** What the engine said while the script's top level ran: `tool.js:33: cannot read property …`. */
export function engineSaid(message, table) {
  const [, said] = /module evaluation: (?:Error: )?([^\n]*)/.exec(message) ?? [];
  if (!said) return message;
  for (const [, found] of message.matchAll(/\(.*?:(\d+):\d+\)/g)) {
    const place = placeIn(table, Number(found));
    if (place) return `${place}: ${said}`;
  }
  return said;
}
