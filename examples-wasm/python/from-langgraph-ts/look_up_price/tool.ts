import { Failure, tool } from "@jaros/guest";

interface Payload {
  item: string;
}

const PRICES = new Map([["lamp", 40], ["desk", 250]]);

export const action = tool<Payload>({
  description: "The price of an item, in dollars.",
  schema: { type: "object", properties: { item: { type: "string" } }, required: ["item"] },
  execute({ item }) {
    const dollars = PRICES.get(item);
    if (dollars === undefined) throw new Failure(`we don't sell ${item}`);
    return { item, dollars };
  },
});
