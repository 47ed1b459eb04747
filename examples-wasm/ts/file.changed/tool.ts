// Tells whether a file has changed since it was last asked about: what it looked like then lies in the tool's store.

import { tool } from "@jaros/guest";
import * as files from "@jaros/guest/files";
import * as store from "@jaros/guest/store";

interface Look {
  bytes: number;
  words: number;
}

interface Told {
  path: string;
  words: number;
  changed: boolean;
  first: boolean;
}

export const action = tool<{ path: string }, Told>({
  description: "Tells whether a text file has changed since the last time.",
  schema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },

  execute({ path }) {
    const text = files.readText(path);
    const bytes = new TextEncoder().encode(text).length;
    const words = text.match(/\P{White_Space}+/gu)?.length ?? 0;
    const before = store.getJson<Look>(path);
    store.putJson(path, { bytes, words } satisfies Look);
    const changed = before !== null && (before.bytes !== bytes || before.words !== words);
    return { path, words, changed, first: before === null };
  },
});
