// The agent that every language has, so that a test can hold them against each other.

import { actions, agent, block, Chat, Failure, finish, goOn, HostError, job, memo, model, Plan } from "@jaros/guest";

let turns = 0;

const does = {
  propose({ number, input, answers }) {
    if (number > 1) {
      return finish({
        answers: answers.map((one) =>
          one.ok ? { ok: one.value } : { code: one.error.code, message: one.error.message },
        ),
      });
    }
    return input.decisions.reduce((plan, { kind, payload }) => plan.propose(kind, payload), new Plan()).memo(null);
  },
  turns: ({ number, input }) => (number < input.n ? memo(number) : finish({ turns: number })),
  steps: () => goOn("middle", ["start"]),
  lost: () => goOn("nowhere"),
  ask({ input }) {
    try {
      return finish({ text: model.ask(input.prompt) });
    } catch (error) {
      if (error instanceof HostError) return finish({ code: error.code });
      throw error;
    }
  },
  chat(turn) {
    const chat = new Chat(turn, { user: turn.input.question });
    const reply = chat.ask();
    if (reply.calls.length > 0) return chat.carryOut(reply);
    return finish({ answer: reply.text, turns: turn.number });
  },
  actions: () => finish({ kinds: actions.list().map(({ kind }) => kind) }),
  time: () => finish({ ms: job.acceptedAtMs() }),
  random: ({ input }) => finish({ bytes: [...job.random(input.len)] }),
  fail({ input }) {
    throw new Failure(input.message);
  },
  crash: ({ input }) => finish(input.nothing.here),
  spin() {
    for (;;);
  },
  count: () => finish((turns += 1)),
  block: ({ input }) => block(input.reason),
  finish: ({ input }) => finish(input.result),
};

export const reasoning = agent({
  description: "Does what its input says, as its siblings in other languages do.",

  parse(input) {
    if (typeof input?.do !== "string") throw new Failure("`do` is no text");
    return input;
  },

  steps: {
    start(turn) {
      if (!Object.hasOwn(does, turn.input.do)) throw new Failure(`unknown: ${turn.input.do}`);
      return does[turn.input.do](turn);
    },

    middle: (turn) => goOn("end", [...turn.data, "middle"]),
    end: (turn) => finish({ steps: [...turn.data, "end"] }),
  },
});
