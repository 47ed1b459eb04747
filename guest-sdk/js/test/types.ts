// What a TypeScript author may write, and what the compiler has to refuse. Never run: `npm run types` checks it.

import {
  agent,
  Chat,
  finish,
  goOn,
  HostError,
  job,
  model,
  Plan,
  propose,
  tool,
  type Answer,
  type Json,
  type Reasoning,
  type Turn,
} from "@jaros/guest";
import * as files from "@jaros/guest/files";
import * as hostFacts from "@jaros/guest/host-facts";
import * as http from "@jaros/guest/http";
import * as store from "@jaros/guest/store";
import { Host } from "@jaros/guest/testing";

interface Input {
  name: string;
}

export const reasoning: Reasoning = agent<Input>({
  description: "Typed.",
  steps: {
    start(turn) {
      const name: string = turn.input.name;
      // @ts-expect-error the input has no such member
      turn.input.nope;
      return propose("greet", { name }, "why").goOn("review", { name });
    },
    review(turn: Turn<Input, { name: string }>) {
      const name: string = turn.data.name;
      // @ts-expect-error the data has no such member
      turn.data.nope;
      return finish({ name });
    },
  },
});

export const parsed = agent({
  description: "The input's type follows from `parse`.",
  parse: (input): Input => ({ name: String(input.name) }),
  decide(turn) {
    const name: string = turn.input.name;
    // @ts-expect-error it is a text
    const wrong: number = turn.input.name;
    return finish([name, wrong]);
  },
});

// @ts-expect-error the first step is `start`
agent({ description: "", steps: { review: () => finish() } });
// @ts-expect-error either decide or steps
agent({ description: "", decide: () => finish(), steps: { start: () => finish() } });
// @ts-expect-error neither
agent({ description: "" });
// @ts-expect-error there is no description
agent({ decide: () => finish() });
// @ts-expect-error nothing can be waited for
agent({ description: "", decide: async () => finish() });
// @ts-expect-error a turn returns a plan
agent({ description: "", decide: () => ({ decisions: [] }) });

export function outcome(answer: Answer): Json {
  if (answer.ok) {
    // @ts-expect-error a decision that was carried out has no error
    answer.error;
    return answer.value;
  }
  // @ts-expect-error a decision that was refused has no value
  answer.value;
  const code: string = answer.error.code;
  return code;
}

export const action = tool<{ of: number }, { half: number }>({
  description: "Halves.",
  validate({ of }) {
    // @ts-expect-error it is a number
    const wrong: string = of;
    void wrong;
  },
  execute: ({ of }) => ({ half: of / 2 }),
});

tool<{ of: number }, { half: number }>({
  description: "",
  // @ts-expect-error the result has another shape
  execute: ({ of }) => ({ halves: of }),
});
// @ts-expect-error a tool has execute
tool({ description: "" });

export const inferred = tool({
  description: "The payload's type follows from `parse`.",
  parse: (payload): { of: number } => payload,
  execute(payload) {
    const of: number = payload.of;
    // @ts-expect-error it is a number
    const wrong: string = payload.of;
    return { of, wrong };
  },
});

// @ts-expect-error a kind is a text
propose(1);
// @ts-expect-error a step is a text
goOn();
const plan: Plan = new Plan().submitAndWait("b", 1).note("why").memo(null);
// @ts-expect-error a plan is no promise
plan.then;

export function chat(turn: Turn<{ question: string }>): Plan {
  const talk = new Chat(turn, { system: "Be brief.", user: turn.input.question });
  const reply = talk.ask({ tools: ["greet"], params: { temperature: 0 } });
  const names: string[] = reply.calls.map((call) => call.name);
  void names;
  // @ts-expect-error there is no such option
  talk.ask({ tool: "greet" });
  return reply.calls.length > 0 ? talk.carryOut(reply) : finish(reply.text);
}

export const bytes: Uint8Array = files.read("data/a");
export const text: string = files.readText("data/a");
export const size: number = files.stat("data/a").sizeBytes;
export const value: { n: number } | null = store.getJson<{ n: number }>("k");
export const cpus: number = hostFacts.system().cpu_count;
export const body: { n: number } = http.get("https://a.example/").json<{ n: number }>();
export const random: Uint8Array = job.random(4);
export const answered: string = new model.Request().user("?").param("temperature", 0).send().text;
export const error: string = new HostError("limit", "too much").code;
store.delete("k");
// @ts-expect-error a value is text or bytes
store.put("k", { n: 1 });

const run = new Host({
  model: ["a", { calls: [{ name: "greet" }] }, { error: { code: "limit" } }],
  tools: { greet: 1 },
}).run(reasoning, { name: "Ada" });
export const state: "DONE" | "FAILED" | "BLOCKED" = run.state;
// @ts-expect-error a tool is no agent
new Host().run(action);
// @ts-expect-error a model's answer is no number
new Host({ model: [1] });
