import { agent, Chat, finish } from "@jaros/guest";

interface Input {
  question: string;
}

export const reasoning = agent<Input>({
  description: "Answers what furniture costs, with the tools that it may propose.",
  schema: { type: "object", properties: { question: { type: "string" } }, required: ["question"] },
  steps: {
    start(turn) {
      const chat = new Chat(turn, { system: "You sell furniture. Use the tools.", user: turn.input.question });
      const reply = chat.ask({ tools: ["look_up_price", "convert"] });
      if (reply.calls.length > 0) return chat.carryOut(reply);
      return finish({ answer: reply.text });
    },
  },
});
