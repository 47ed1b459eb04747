// `js-greeter`: greets everyone whom its input names, then joins the greetings into one. Two turns.
//
// A fresh instance serves each turn, so nothing is kept between them but the memo. A thrown Error fails the job with its message.

const advance = (payload) => ({ kind: "advance", payload: JSON.stringify(payload), note: "" });

function greetAll(names) {
  const decisions = names.map((name) => ({
    kind: "greet",
    payload: JSON.stringify({ name }),
    note: `the input names ${name}`,
  }));
  return { decisions, memo: JSON.stringify({ asked: names.length }) };
}

function join(answers, { asked }) {
  const failed = answers.find(({ outcome }) => outcome.tag === "err");
  if (failed) throw new Error(`${failed.id}: ${failed.outcome.val.message}`);
  const greetings = answers.map(({ outcome }) => JSON.parse(outcome.val).greeting);
  return { decisions: [advance({ events: ["complete"], result: { asked, greeting: greetings.join(" ") } })] };
}

export const reasoning = {
  describe() {
    const name = { type: "string", minLength: 1 };
    return {
      description: "Greets everyone whom its input names, in one sentence each. Written in JavaScript.",
      schema: JSON.stringify({
        type: "object",
        properties: { names: { type: "array", items: name, minItems: 1 } },
        required: ["names"],
      }),
      meta: JSON.stringify({ version: "0.1.0", language: "JavaScript" }),
    };
  },

  decide(turn) {
    if (turn.number === 1) return greetAll(JSON.parse(turn.input).names);
    return join(turn.answers, JSON.parse(turn.memo));
  },
};
