// The tool that every language has, so that a test can hold them against each other.

import { Failure, job, log, tool } from "@jaros/guest";
import * as files from "@jaros/guest/files";
import * as store from "@jaros/guest/store";

let calls = 0;

const does = {
  echo: ({ value }) => value,
  fail: ({ message }) => {
    throw new Failure(message);
  },
  crash: ({ nothing }) => nothing.here,
  spin() {
    for (;;);
  },
  grow() {
    const held = [];
    for (;;) held.push(new Uint8Array(1 << 20).fill(1));
  },
  recurse: () => recurse(0),
  time: () => ({ ms: job.acceptedAtMs() }),
  random: ({ len }) => ({ bytes: [...job.random(len)] }),
  read({ path }) {
    try {
      return { text: files.readText(path) };
    } catch (error) {
      return { code: error.code };
    }
  },
  store({ key, value }) {
    const before = store.getJson(key);
    store.putJson(key, value);
    return { before };
  },
  log: ({ level, message }) => log.write(level, message),
  count: () => (calls += 1),
};

const recurse = (depth) => recurse(depth + 1) + 1;

export const action = tool({
  description: "Does what its payload says, as its siblings in other languages do.",

  parse(payload) {
    if (typeof payload?.do !== "string") throw new Failure("`do` is no text");
    return payload;
  },

  validate(payload) {
    if (payload.do === "validate-no") throw new Failure("the tool says no");
  },

  execute(payload) {
    if (!Object.hasOwn(does, payload.do)) throw new Failure(`unknown: ${payload.do}`);
    return does[payload.do](payload);
  },
});
