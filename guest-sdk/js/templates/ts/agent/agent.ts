// An agent: it proposes, and the node carries out.

import { agent, finish, propose } from "@jaros/guest";

interface Input {
  name: string;
}

interface Greeting {
  greeting: string;
}

export const reasoning = agent<Input>({
  description: "Has someone greeted by name, and hands on the greeting.",
  schema: {
    type: "object",
    properties: { name: { type: "string", minLength: 1 } },
    required: ["name"],
  },
  steps: {
    // The first step proposes; `goOn` asks for another turn, which runs the step `greeted`.
    start(turn) {
      return propose("greet", { name: turn.input.name }, "the input names someone").goOn("greeted");
    },

    // The second step has the answer; `result()` throws where the proposal was refused or failed.
    greeted(turn) {
      const { greeting } = turn.answers[0].result<Greeting>();
      return finish({ said: greeting });
    },
  },
});
