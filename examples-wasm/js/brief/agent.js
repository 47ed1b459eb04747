// Writes a brief of a text: the model summarises, `word.count` measures, the model shortens what is too long, and the agent
// `echo` gets the brief handed.

import { agent, finish, model, propose, submitAndWait } from "@jaros/guest";

const WORDS_MAX = 20;

export const reasoning = agent({
  description: "Has the model summarise a text in at most 20 words, and hands the summary on.",
  schema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  steps: {
    start(turn) {
      const summary = model.ask(`Summarise in one sentence: ${turn.input.text}`);
      return propose("word.count", { text: summary }).goOn("judge", { summary });
    },

    judge(turn) {
      const { words } = turn.answers[0].result();
      let { summary } = turn.data;
      if (words > WORDS_MAX) summary = model.ask(`Shorten to at most ${WORDS_MAX} words: ${summary}`);
      return submitAndWait("echo", { summary, words }).goOn("done");
    },

    done(turn) {
      return finish({ brief: turn.answers[0].result() });
    },
  },
});
