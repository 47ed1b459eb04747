// Counts the words of a text.

import { tool } from "@jaros/guest";

export const action = tool({
  description: "Counts the words of a text.",
  schema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },

  execute({ text }) {
    return { words: text.match(/\P{White_Space}+/gu)?.length ?? 0 };
  },
});
