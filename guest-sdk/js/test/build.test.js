// The build: what it makes, what it says when it can't, and that places are the author's.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";

import { missingImports } from "../src/bundle/world.js";
import { placeIn } from "../src/table.js";
import { bytesOf, TextDecoder as Decoder, TextEncoder as Encoder } from "../src/text.js";

const sdk = resolve(import.meta.dirname ?? "test", "..");
const root = mkdtempSync(join(tmpdir(), "jaros-guest-"));
after(() => rmSync(root, { recursive: true }));

/** A project with this source, and what building it said. */
function built(name, file, source, imports = "") {
  const folder = join(root, name);
  mkdirSync(join(folder, "wit/deps/jaros-plugin"), { recursive: true });
  mkdirSync(join(folder, "node_modules/@jaros"), { recursive: true });
  symlinkSync(sdk, join(folder, "node_modules/@jaros/guest"));
  cpSync(join(sdk, "../../wit/1.0.0/jaros.wit"), join(folder, "wit/deps/jaros-plugin/jaros.wit"));
  const role = file.startsWith("agent") ? "agent" : "tool";
  writeFileSync(
    join(folder, "wit/world.wit"),
    `package local:project;\nworld w { include jaros:plugin/${role}@1.0.0; ${imports} }\n`,
  );
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "version": "1.2.3" }');
  if (file.endsWith(".ts")) {
    writeFileSync(
      join(folder, "tsconfig.json"),
      '{ "compilerOptions": { "strict": true, "module": "preserve", "types": [] }, "include": ["*.ts"] }',
    );
  }
  writeFileSync(join(folder, file), source);
  const run = spawnSync(process.execPath, [join(sdk, "build.js"), "--name", "n", "--world", "w"], {
    cwd: folder,
    encoding: "utf8",
  });
  const script = () => readFileSync(join(folder, "build/n.js"), "utf8");
  return {
    code: run.status,
    said: `${run.stdout}${run.stderr}`,
    made: existsSync(join(folder, "build/n.wasm")),
    folder,
    script,
  };
}

const TOOL = `import { tool } from "@jaros/guest";

function deep(payload) {
  return payload.nothing.here;
}

export const action = tool({ description: "", execute: (payload) => deep(payload) });
`;

test("a tool becomes a component whose table leads to the author's lines", () => {
  const { code, said, made, folder, script } = built("good", "tool.js", TOOL);
  assert.deepEqual([code, said, made], [0, "", true]);
  assert.equal(readFileSync(join(folder, "build/n.wasm")).subarray(0, 4).toString(), "\0asm");
  const lines = script().split("\n");
  const table = JSON.parse(lines.at(-2).replace(/^globalThis.__jarosLines = |;$/g, ""));
  const at = lines.findIndex((line) => line.includes("payload.nothing.here")) + 1;
  assert.equal(placeIn(table, at), "tool.js:4");
  assert.equal(placeIn(table, lines.findIndex((line) => line.includes("class Failure")) + 1), "");
  assert.ok(script().includes('{ version: "1.2.3" }'));
});

test("a tool imports nothing of an agent's, and what isn't called isn't imported", () => {
  const reading = built(
    "reading",
    "tool.js",
    TOOL.replace("{ tool }", "{ tool }")
      .replace("\n", '\nimport { readText } from "@jaros/guest/files";\n')
      .replace("payload.nothing.here", "readText(payload)"),
    "import jaros:plugin/files-read@1.0.0;",
  );
  assert.deepEqual([reading.code, reading.said], [0, ""]);
  const imported = [...reading.script().matchAll(/from "jaros:plugin\/([\w-]+)@1.0.0"/g)]
    .map(([, name]) => name)
    .sort();
  assert.deepEqual(imported, ["files-read", "job", "log", "panic"]);
});

test("TypeScript is checked before it is built", () => {
  const good = built(
    "typed",
    "agent.ts",
    'import { agent, finish } from "@jaros/guest";\nexport const reasoning = agent<{ n: number }>({ description: "", decide: (turn) => finish(turn.input.n) });\n',
  );
  assert.deepEqual([good.code, good.said, good.made], [0, "", true]);
  const bad = built(
    "mistyped",
    "agent.ts",
    'import { agent, finish } from "@jaros/guest";\nexport const reasoning = agent<{ n: number }>({ description: "", decide: (turn) => finish(turn.input.m) });\n',
  );
  assert.equal(bad.code, 1);
  assert.match(bad.said, /^agent\.ts\(2,\d+\): error TS2339: Property 'm' does not exist/);
});

for (const [name, source, said] of [
  ["syntax", `${TOOL}const x = ;\n`, /tool\.js:8:10:/],
  ["thrown", `${TOOL}null.x;\n`, /^tool\.js:8: cannot read property 'x' of null\n$/],
  ["clock", `${TOOL}Date.now();\n`, /^tool\.js:8: there is no clock while a component is built/],
  ["nothing", "export const other = 1;\n", /^tool\.js has to end in: export const action = tool/],
  ["node", `import "node:fs";\n${TOOL}`, /Could not resolve "node:fs": a component has nothing of Node\.js/],
  [
    "world",
    `import { get } from "@jaros/guest/store";\n${TOOL.replace("payload.nothing.here", "get(payload)")}`,
    /^tool\.js uses what its world doesn't name; add to wit\/world\.wit:\n {4}import jaros:plugin\/store@1\.0\.0;\n$/,
  ],
  [
    "model",
    `import { model } from "@jaros/guest";\n${TOOL.replace("payload.nothing.here", "model.ask(payload)")}`,
    /\(model is for agents alone/,
  ],
]) {
  test(`what can't be built is said in words: ${name}`, () => {
    const { code, said: text, made } = built(`bad-${name}`, "tool.js", source);
    assert.deepEqual([code, made], [1, false]);
    assert.match(text, said);
  });
}

test("a folder without a source says which it looks for", () => {
  const { code, said } = built("empty", "other.js", "");
  assert.deepEqual([code, said], [1, "no source here: this folder has none of agent.ts, agent.js, tool.ts, tool.js\n"]);
});

test("imports are held against the world's, comments left out", () => {
  const world =
    "world w { include jaros:plugin/agent@1.0.0; // import jaros:plugin/store@1.0.0;\n import jaros:plugin/files-read@1.0.0; }";
  const script = ["model", "job", "files-read", "store"]
    .map((name) => `import { x } from "jaros:plugin/${name}@1.0.0";`)
    .join("\n");
  assert.deepEqual(missingImports(script, world), ["    import jaros:plugin/store@1.0.0;"]);
});

test("UTF-8 is the web's", () => {
  const cases = [
    [],
    [0x41],
    [0xc3, 0xa9],
    [0xf0, 0x9f, 0x98, 0x80],
    [0xff],
    [0xc3],
    [0xe2, 0x82],
    [0xe2, 0x82, 0x41],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf0, 0x80, 0x80, 0x41],
    [0xef, 0xbb, 0xbf, 0x41],
    [0x80, 0x80, 0x41],
  ];
  for (const bytes of cases.map((list) => Uint8Array.from(list))) {
    assert.equal(new Decoder().decode(bytes), new TextDecoder().decode(bytes), String(bytes));
  }
  for (const text of ["", "aé😀\u0000", "\ud800x"])
    assert.deepEqual(new Encoder().encode(text), new TextEncoder().encode(text));
  assert.throws(() => new Decoder("utf-8", { fatal: true }).decode(Uint8Array.of(0xff)), TypeError);
  assert.throws(() => new Decoder("latin1"), RangeError);
  const long = "ä".repeat(100_000);
  assert.equal(new Decoder().decode(bytesOf(long)), long);
});
