// What the types promise is what the modules export. `npm run types` checks the types themselves, in types.ts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const MODULES = [
  "index",
  "files",
  "store",
  "http",
  "host-facts",
  "testing",
  "model",
  "log",
  "job",
  "actions",
  "plan",
  "chat",
  "errors",
];

/** The values that a .d.ts declares. */
function declared(text) {
  const names = [...text.matchAll(/^export (?:declare )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  const namespaces = [...text.matchAll(/^export \* as (\w+)/gm)].map(([, name]) => name);
  const lists = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) =>
    list.split(",").map((one) => one.trim().split(" as ").at(-1)),
  );
  return [...new Set([...names, ...namespaces, ...lists])].sort();
}

for (const name of MODULES) {
  test(`${name} exports what it declares`, async () => {
    const module = await import(`../src/${name}.js`);
    const types = readFileSync(new URL(`../src/${name}.d.ts`, import.meta.url), "utf8");
    const internal = { errors: ["asked"] }[name] ?? [];
    const exported = Object.keys(module)
      .filter((one) => !internal.includes(one))
      .sort();
    assert.ok(exported.length > 0);
    assert.deepEqual(declared(types), exported);
  });
}
