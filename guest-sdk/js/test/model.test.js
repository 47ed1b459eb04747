// The model, and the chat that goes on from turn to turn.

import assert from "node:assert/strict";
import { test } from "node:test";

import { actions, agent, Chat, Failure, finish, goOn, HostError, model, propose } from "@jaros/guest";
import { Host } from "@jaros/guest/testing";

const deciding = (decide) => agent({ description: "", decide });

test("a request says all that was chained, and a response is data", () => {
  const host = new Host({
    model: [{ calls: [{ id: "c", name: "greet", arguments: { name: "Ada" } }] }, { structured: { n: 1 } }],
  });
  const said = host.run(
    deciding(() => {
      const first = new model.Request()
        .model("fast")
        .system("S")
        .user("U")
        .assistant("A")
        .tool("greet", "Greets.", {})
        .param("temperature", 0)
        .send();
      const second = new model.Request().user("U").schema({ type: "object" }).send();
      return finish({
        calls: first.calls,
        parts: first.parts,
        finish: first.finish,
        structured: second.structured,
        text: second.text,
      });
    }),
  ).result;
  assert.deepEqual(said, {
    calls: [{ id: "c", name: "greet", arguments: { name: "Ada" } }],
    parts: [{ type: "call", id: "c", name: "greet", arguments: { name: "Ada" } }],
    finish: "call",
    structured: { n: 1 },
    text: '{"n":1}',
  });
  assert.deepEqual(host.asked[0], {
    model: "fast",
    messages: [
      { role: "system", content: "S", parts: [] },
      { role: "user", content: "U", parts: [] },
      { role: "assistant", content: "A", parts: [] },
    ],
    tools: [{ name: "greet", description: "Greets.", schema: {} }],
    params: { temperature: 0 },
  });
  assert.deepEqual(host.asked[1].params, { schema: { type: "object" } });
});

test("an answer that isn't there, or is an error, is a HostError", () => {
  const ask = deciding(() => {
    try {
      return finish(model.ask("?"));
    } catch (error) {
      return finish([error instanceof HostError, error.code]);
    }
  });
  assert.equal(new Host({ model: ["yes"] }).run(ask).result, "yes");
  assert.deepEqual(new Host({ model: [{ error: { code: "limit", message: "m" } }] }).run(ask).result, [true, "limit"]);
  const run = new Host().run(deciding(() => finish(model.ask("?"))));
  assert.equal(
    run.error.message,
    "unavailable: the test has no answers of the model, and this is question 1: new Host({ model: […] })",
  );
});

const chatting = deciding((turn) => {
  const chat = new Chat(turn, { system: "Be brief.", user: turn.input });
  const reply = chat.ask();
  if (reply.calls.length > 0) return chat.carryOut(reply);
  return finish({ answer: reply.text, turns: turn.number });
});

test("a chat carries out what the model calls and tells it what became of that", () => {
  const host = new Host({
    model: [
      {
        text: "Let me see.",
        calls: [
          { id: "1", name: "greet", arguments: { name: "Ada" } },
          { id: "2", name: "never", arguments: {} },
          { id: "3", name: "greet" },
        ],
      },
      "Done.",
    ],
    tools: { greet: ({ name }) => `Hello, ${name}!` },
  });
  const run = host.run(chatting, "Greet Ada.");
  assert.deepEqual(run.result, { answer: "Done.", turns: 2 });
  assert.deepEqual(run.decisions.map(({ kind, payload }) => [kind, payload]).slice(0, 2), [
    ["greet", { name: "Ada" }],
    ["never", {}],
  ]);
  assert.deepEqual(
    host.asked[0].tools.map(({ name }) => name),
    ["advance", "fs.write", "greet", "submit"],
  );
  const call = (id, name, given) => ({ type: "call", id, name, arguments: given });
  const result = (id, content) => ({ role: "tool", content: "", parts: [{ type: "result", id, content }] });
  assert.deepEqual(host.asked[1].messages, [
    { role: "system", content: "Be brief.", parts: [] },
    { role: "user", content: "Greet Ada.", parts: [] },
    {
      role: "assistant",
      content: "Let me see.",
      parts: [call("1", "greet", { name: "Ada" }), call("2", "never", {}), call("3", "greet", {})],
    },
    result("1", '"Hello, Ada!"'),
    result("2", 'not-found: there is no action "never": new Host({ tools: { … } })'),
    result("3", "not carried out: an earlier call failed"),
  ]);
});

test("the memo of a chat is the same in every language", () => {
  const host = new Host({ model: [{ calls: [{ id: "1", name: "greet" }] }], tools: { greet: 1 } });
  assert.deepEqual(host.decide(chatting, "Hi").memo, {
    chat: {
      messages: [
        { role: "system", content: "Be brief.", parts: [] },
        { role: "user", content: "Hi", parts: [] },
        { role: "assistant", content: "", parts: [{ type: "call", id: "1", name: "greet", arguments: {} }] },
      ],
      calls: [{ id: "1", name: "greet" }],
    },
  });
});

test("a chat inside of a step goes on in that step", () => {
  const under = agent({
    description: "",
    steps: {
      start: () => goOn("talk", { topic: "rain" }),
      talk(turn) {
        const chat = new Chat(turn, { user: turn.data.topic });
        const reply = chat.ask({ tools: ["look"], params: { temperature: 0 } });
        return reply.calls.length > 0
          ? chat.carryOut(reply)
          : finish([reply.text, turn.data.topic, chat.messages.length]);
      },
    },
  });
  const host = new Host({ model: [{ calls: [{ name: "look" }] }, "wet"], tools: { look: null } });
  assert.deepEqual(host.run(under).result, ["wet", "rain", 4]);
  assert.deepEqual([host.asked[0].tools.map(({ name }) => name), host.asked[0].params], [["look"], { temperature: 0 }]);
});

test("a tool that may not be proposed can't be offered", () => {
  const under = deciding((turn) => finish(new Chat(turn, { user: "?" }).ask({ tools: ["gone"] }).text));
  assert.throws(
    () => new Host({ model: ["x"] }).run(under),
    /RangeError: this agent may not propose "gone"; it may: advance, fs.write, submit/,
  );
  const own = deciding((turn) =>
    finish(new Chat(turn, { user: "?" }).ask({ tools: [{ kind: "own", description: "", schema: {} }] }).text),
  );
  assert.equal(new Host({ model: ["x"] }).run(own).result, "x");
});

test("actions are what may be proposed, schemas as data", () => {
  const host = new Host({ tools: { greet: 1 } });
  const listed = host.run(deciding(() => finish(actions.list()))).result;
  assert.deepEqual(
    listed.find(({ kind }) => kind === "greet"),
    { kind: "greet", description: "", schema: {} },
  );
});

test("what a tool says no to is an answer of the next turn", () => {
  const host = new Host({
    tools: {
      greet: () => {
        throw new Failure("no names");
      },
    },
  });
  const under = agent({
    description: "",
    steps: {
      start: () => propose("greet").goOn("judge"),
      judge: ({ answers: [{ ok, error }] }) => finish([ok, error.code, error.message]),
    },
  });
  assert.deepEqual(host.run(under).result, [false, "failed", "no names"]);
});
