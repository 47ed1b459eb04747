#!/usr/bin/env node
// Builds the component of the project in this folder: `node build.js --name NAME --world IDENT [--wit DIR]`.
//
// Invariant: prints nothing and ends with 0 when all is well; 1 and a message with file and line where the author's code is
// wrong; 3 where a package is missing. `build/NAME.js` is what lies in `build/NAME.wasm`.
// Doesn't know: jaros.toml, or what the operator grants: `jaros build` does, and calls this.
// Start at: `main`.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { engineSaid, lineTable } from "./src/bundle/lines.js";
import { missingImports } from "./src/bundle/world.js";

const SOURCES = ["agent.ts", "agent.js", "tool.ts", "tool.js"];

/** Ends the build: one of the exit codes above and what to say. */
class Stop extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function main() {
  const { name, world, wit } = wanted();
  const source = SOURCES.find((file) => existsSync(file));
  if (!source) throw new Stop(1, `no source here: this folder has none of ${SOURCES.join(", ")}`);
  if (source.endsWith(".ts")) checkTypes();
  const { script, lines } = await bundle(source, wit);
  mkdirSync("build", { recursive: true });
  writeFileSync(join("build", `${name}.js`), script);
  writeFileSync(join("build", `${name}.wasm`), await component(name, world, wit, script, lines));
}

function wanted() {
  const text = { type: "string" };
  const { values } = parseArgs({ options: { name: text, world: text, wit: { ...text, default: "wit" } } });
  if (!values.name || !values.world) throw new Stop(1, "say what to build: --name NAME --world IDENT [--wit DIR]");
  return values;
}

/** A package that builds: the project's own, else one that lies beside this SDK. */
function located(name) {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // Said below, once.
    }
  }
  throw new Stop(3, `the package ${name} isn't installed here; install it with: npm install`);
}

const loaded = (name) => import(pathToFileURL(located(name)).href);

function checkTypes() {
  const tsc = join(located("typescript/package.json"), "..", "bin", "tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "--noEmit", "--pretty", "false"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Stop(1, `${stdout}${stderr}`.trim());
}

/** One script of the author's code and what it imports, names and lines kept, and a table of where its lines came from. */
async function bundle(source, wit) {
  const { build, formatMessages } = await loaded("esbuild");
  let built;
  try {
    built = await build({
      entryPoints: [source],
      bundle: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      target: "es2023",
      charset: "utf8",
      external: ["jaros:plugin/*"],
      define: { __JAROS_VERSION__: JSON.stringify(version()) },
      outfile: "build/bundle.js",
      sourcemap: "external",
      metafile: true,
      write: false,
      logLevel: "silent",
    });
  } catch (error) {
    if (!error.errors) throw error;
    throw new Stop(1, (await formatMessages(error.errors.map(explained), { kind: "error" })).join("").trim());
  }
  const [{ exports }] = Object.values(built.metafile.outputs).filter(({ entryPoint }) => entryPoint);
  const [wanted, by] = source.startsWith("agent") ? ["reasoning", "agent"] : ["action", "tool"];
  if (!exports.includes(wanted)) throw new Stop(1, `${source} has to end in: export const ${wanted} = ${by}({ … });`);
  const text = (ending) => built.outputFiles.find(({ path }) => path.endsWith(ending)).text;
  const missing = missingImports(text("bundle.js"), readFileSync(join(wit, "world.wit"), "utf8"));
  if (missing.length > 0)
    throw new Stop(1, `${source} uses what its world doesn't name; add to wit/world.wit:\n${missing.join("\n")}`);
  const lines = lineTable(JSON.parse(text(".map")), import.meta.url);
  return { script: `${text("bundle.js")}globalThis.__jarosLines = ${JSON.stringify(lines)};\n`, lines };
}

/** esbuild's own advice is for programs that run under node or in a browser. */
function explained(error) {
  const [, name] = /^Could not resolve "(.+)"$/.exec(error.text) ?? [];
  if (!name) return error;
  const node = name.startsWith("node:") || isBuiltin(name);
  const text = node
    ? `${error.text}: a component has nothing of Node.js; what it may reach are the modules of @jaros/guest`
    : error.text;
  return { ...error, text, notes: [] };
}

function version() {
  const { version = "0.0.0" } = existsSync("package.json") ? JSON.parse(readFileSync("package.json", "utf8")) : {};
  return version;
}

async function component(name, world, witPath, script, lines) {
  const { componentize } = await loaded("componentize-qjs");
  try {
    const options = { witPath, world, jsSource: script, sync: true, stubWasi: true, optSize: true };
    return (await componentize(options)).component;
  } catch (error) {
    throw new Stop(1, engineSaid(error.message, lines));
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Stop ? error.message : error);
  process.exitCode = error.code ?? 1;
}
