// What an agent's author writes, and the way from the contract's texts to it.
//
// Invariant: an input that doesn't fit fails the turn with a sentence that says where.
// Doesn't know: what the agent decides.
// Start at: `agent`.

import { call, notAPromise } from "./call.js";
import { Failure } from "./errors.js";
import { Plan } from "./plan.js";
import { profile } from "./profile.js";
import { START, Turn } from "./turn.js";

/**
 * Makes an agent, for `export const reasoning = agent({…})`: a `description`, and either `decide(turn)`, or `steps` by name, of
 * which the first is `start`. A fresh instance serves each turn, so nothing is kept but what the plan says.
 */
export function agent(definition) {
  const decide = deciding(definition);
  return {
    describe: () => call(() => profile(definition)),
    decide: (wire) => call(() => planned(decide, new Turn(wire, definition.parse)).toWire()),
  };
}

function deciding({ decide, steps }) {
  if ((typeof decide === "function") === (typeof steps === "object")) {
    throw new TypeError("an agent has either decide(turn) or steps: { start(turn) {…}, … }");
  }
  if (decide) return (turn) => notAPromise(decide(turn), "decide");
  const names = Object.keys(steps);
  if (!names.includes(START))
    throw new TypeError(`the steps are ${names.join(", ")}, but no \`start\`, which is the first`);
  return (turn) => {
    if (!names.includes(turn.step)) {
      throw new Failure(`there is no step ${JSON.stringify(turn.step)}; there are ${names.join(", ")}`);
    }
    return notAPromise(steps[turn.step](turn), turn.step);
  };
}

function planned(decide, turn) {
  const plan = decide(turn);
  if (plan instanceof Plan) return plan;
  throw new TypeError(
    `turn ${turn.number} returned ${JSON.stringify(plan)}, not a plan: return propose(…), finish(…) or another`,
  );
}
