// A tool: it carries out what an agent proposes.

import { Failure, tool } from "@jaros/guest";

interface Payload {
  text: string;
}

interface Result {
  words: number;
}

export const action = tool<Payload, Result>({
  description: "Counts the words of a text.",
  schema: {
    type: "object",
    properties: { text: { type: "string" } },
    required: ["text"],
  },

  // What a schema can't say. A Failure refuses the proposal, in these words.
  validate({ text }) {
    if (text.trim() === "") throw new Failure("there is nothing to count");
  },

  execute({ text }) {
    return { words: text.trim().split(/\s+/).length };
  },
});
