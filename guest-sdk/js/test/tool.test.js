// Tools and what they may reach.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Failure, HostError, model, tool } from "@jaros/guest";
import * as files from "@jaros/guest/files";
import * as hostFacts from "@jaros/guest/host-facts";
import * as http from "@jaros/guest/http";
import * as store from "@jaros/guest/store";
import { Host } from "@jaros/guest/testing";

/** Runs `work` as a tool's `execute`. */
const doing = (host, work) => host.execute(tool({ description: "", execute: () => work() }));

/** The code of the HostError that `work` throws in a tool. */
const code = (host, work) =>
  doing(host, () => {
    try {
      return work();
    } catch (error) {
      return error instanceof HostError ? error.code : assert.fail(error);
    }
  });

test("results cross as JSON, and nothing is null", () => {
  const echo = tool({ description: "", execute: ({ value }) => value });
  const odd = { a: [1, 2.5, null, "é\u0000😀"] };
  assert.deepEqual(new Host().execute(echo, { value: odd }), odd);
  assert.equal(new Host().execute(echo, {}), null);
});

test("validate and parse say no in words", () => {
  const halve = tool({
    description: "",
    parse(payload) {
      if (typeof payload.of !== "number") throw new Failure("`of` is no number");
      return payload;
    },
    validate({ of }) {
      if (of % 2) throw new Failure(`${of} is odd`);
    },
    execute: ({ of }) => ({ half: of / 2 }),
  });
  const no = (call) => assert.throws.bind(assert, call);
  assert.deepEqual(new Host().execute(halve, { of: 6 }), { half: 3 });
  new Host().validate(halve, { of: 6 });
  no(() => new Host().validate(halve, { of: 7 }))({ name: "Failure", message: "7 is odd" });
  no(() => new Host().validate(halve, { from: 6 }))({ message: "payload: `of` is no number" });
  no(() => new Host().execute(halve, { from: 6 }))({ message: "payload: `of` is no number" });
});

test("a tool without execute is said where it is written", () => {
  assert.throws(() => tool({ description: "" }), /a tool has execute\(payload\)/);
});

test("validate reaches nothing but job and log", () => {
  const nosy = tool({ description: "", validate: () => store.get("k"), execute() {} });
  assert.throws(() => new Host({ store: {} }).validate(nosy), {
    message: "refused: `store` doesn't work in `validate`: only `job` and `log` do",
  });
});

test("a tool has no model", () => {
  assert.throws(() => doing(new Host({ model: ["x"] }), () => model.ask("?")), /`model` is for agents only/);
});

test("files are read within what was given", () => {
  const host = new Host({ files: { "data/a.txt": "wörd", "data/sub/b.bin": Uint8Array.of(0xff, 1, 2) } });
  const found = doing(host, () => ({
    text: files.readText("data/a.txt"),
    bytes: [...files.read("data/sub/b.bin")],
    range: [...files.readRange("data/sub/b.bin", 1, 1)],
    stat: files.stat("data/a.txt"),
    entries: files.entries("data"),
  }));
  assert.deepEqual(found, {
    text: "wörd",
    bytes: [0xff, 1, 2],
    range: [1],
    stat: { name: "a.txt", kind: "file", sizeBytes: 5 },
    entries: [
      { name: "a.txt", kind: "file", sizeBytes: 5 },
      { name: "sub", kind: "dir", sizeBytes: 0 },
    ],
  });
  assert.equal(
    code(host, () => files.readText("data/sub/b.bin")),
    "invalid",
  );
  assert.equal(
    code(host, () => files.readText("data/none")),
    "not-found",
  );
  assert.equal(
    code(host, () => files.readText("etc/passwd")),
    "refused",
  );
  assert.equal(
    code(new Host(), () => files.readText("data/a.txt")),
    "refused",
  );
});

test("what a call wrote is there, unless the call said no", () => {
  const host = new Host({ files: {}, writable: ["out"], store: {} });
  const write = (then) => () => {
    files.write("out/a.txt", "é");
    store.putJson("k", { n: 1 });
    return then();
  };
  assert.equal(
    doing(
      host,
      write(() => files.readText("out/a.txt")),
    ),
    "é",
  );
  assert.deepEqual([host.written["out/a.txt"], host.stored("k")], [Uint8Array.of(0xc3, 0xa9), { n: 1 }]);

  const other = new Host({ files: {}, writable: ["out"], store: {} });
  assert.throws(
    () =>
      doing(
        other,
        write(() => {
          throw new Failure("no");
        }),
      ),
    { message: "no" },
  );
  assert.deepEqual([other.written, other.stored("k")], [{}, undefined]);
  assert.equal(
    code(host, () => files.write("data/a.txt", "")),
    "refused",
  );

  doing(host, () => files.remove("out/a.txt"));
  assert.deepEqual([host.removed, host.written], [["out/a.txt"], {}]);
  assert.equal(
    code(host, () => files.remove("out/a.txt")),
    "not-found",
  );
});

test("the store holds bytes, text and JSON in the order of their bytes", () => {
  const host = new Host({ store: { b: "text", ä: 1, c: { n: 2 }, raw: Uint8Array.of(0xff) } });
  const found = doing(host, () => [
    store.keys(),
    store.keys("", "b", 1),
    store.getText("b"),
    store.getJson("c"),
    store.get("none"),
    store.getJson("none"),
  ]);
  assert.deepEqual(found, [["b", "c", "raw", "ä"], ["c"], "text", { n: 2 }, null, null]);
  assert.equal(
    code(host, () => store.getText("raw")),
    "invalid",
  );
  assert.equal(
    code(host, () => store.getJson("b")),
    "invalid",
  );
  assert.equal(
    doing(host, () => {
      store.delete("b");
      store.delete("never");
      return store.get("b");
    }),
    null,
  );
  assert.equal(
    code(new Host(), () => store.get("k")),
    "refused",
  );
});

test("http sends what is asked for and reads what comes", () => {
  const host = new Host({
    http: {
      "https://a.example/json": { n: 1 },
      "https://a.example/teapot": { status: 418, headers: { "X-Kind": "pot" }, body: "short" },
      "https://a.example/post": ({ body }) => `got ${new TextDecoder().decode(body)}`,
      "https://a.example/down": () => {
        throw new HostError("unavailable", "nobody there");
      },
    },
  });
  assert.deepEqual(
    doing(host, () => http.get("https://a.example/json", { accept: "x/y" }).json()),
    { n: 1 },
  );
  const pot = doing(host, () => {
    const answer = http.get("https://a.example/teapot");
    return [answer.ok, answer.status, answer.header("x-kind"), answer.header("none"), answer.text()];
  });
  assert.deepEqual(pot, [false, 418, "pot", null, "short"]);
  assert.equal(
    doing(host, () => http.post("https://a.example/post", { a: 1 }).text()),
    'got {"a":1}',
  );
  assert.deepEqual(host.sent[0].headers, [{ name: "accept", value: "x/y" }]);
  assert.deepEqual(host.sent[2].headers, [{ name: "content-type", value: "application/json" }]);
  assert.equal(
    code(host, () => http.get("https://b.example/")),
    "refused",
  );
  assert.equal(
    code(host, () => http.get("https://a.example/down")),
    "unavailable",
  );
  assert.equal(
    code(host, () => http.get("https://a.example/teapot").json()),
    "invalid",
  );
});

test("facts about the machine are the given ones", () => {
  const host = new Host({ system: { cpu_count: 2 }, disk: { free_bytes: 3 } });
  assert.deepEqual(
    doing(host, () => [hostFacts.system().cpu_count, hostFacts.disk("data").free_bytes]),
    [2, 3],
  );
  assert.equal(
    code(new Host(), () => hostFacts.system()),
    "refused",
  );
});
