// The table of lines that `build.js` appends to a bundle, and how it is read.

/** The author's place of a bundle's line, or nothing. `runs` holds threes: where a run begins, its file (-1: none), its line there. */
export function placeIn({ files, runs }, line) {
  let at = -3;
  while (at + 3 < runs.length && runs[at + 3] <= line) at += 3;
  return at < 0 || runs[at + 1] < 0 ? "" : `${files[runs[at + 1]]}:${runs[at + 2] + line - runs[at]}`;
}
