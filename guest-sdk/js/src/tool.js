// What a tool's author writes, and the way from the contract's texts to it.
//
// Invariant: `execute` sees only payloads that `parse` took; `validate` refuses the others with a sentence that says where.
// Doesn't know: what the tool does.
// Start at: `tool`.

import { call, json, notAPromise, typed } from "./call.js";
import { profile } from "./profile.js";

/**
 * Makes a tool, for `export const action = tool({…})`: a `description`, a `schema` of the payload, `execute(payload)`, and
 * where schema and `parse` can't say no, `validate(payload)`. A fresh instance serves each call.
 */
export function tool(definition) {
  const { parse, validate, execute } = definition;
  if (typeof execute !== "function") throw new TypeError("a tool has execute(payload)");
  return {
    describe: () => call(() => profile(definition)),
    validate: (text) =>
      call(() => {
        const payload = typed("payload", text, parse);
        if (validate) notAPromise(definition.validate(payload), "validate");
      }),
    execute: (text) => call(() => json(notAPromise(definition.execute(typed("payload", text, parse)), "execute"))),
  };
}
