import { Failure, tool } from "@jaros/guest";

interface Payload {
  dollars: number;
  currency: string;
}

const RATES = new Map([["EUR", 0.5], ["GBP", 0.25]]);

export const action = tool<Payload>({
  description: "What an amount of dollars is in another currency.",
  schema: {
    type: "object",
    properties: { dollars: { type: "number" }, currency: { type: "string" } },
    required: ["dollars", "currency"],
  },
  execute({ dollars, currency }) {
    const rate = RATES.get(currency);
    if (rate === undefined) throw new Failure(`there is no rate for ${currency}`);
    return { amount: dollars * rate, currency };
  },
});
