// What a bundle imports against what its world names.

/** What `include jaros:plugin/agent` brings, and what `…/tool` does. */
const BASE = { agent: ["model", "actions", "job", "log", "panic"], tool: ["job", "log", "panic"] };
/** Only these exist; a tool has no way to ask a model. */
const AGENTS_ONLY = ["model", "actions"];

/** The lines to add to `wit/world.wit`, one for each interface that the script imports and the world lacks. */
export function missingImports(script, world) {
  const text = world.replace(/\/\/.*$/gm, "").replace(/\/\*[^]*?\*\//g, "");
  const named = [...text.matchAll(/import\s+jaros:plugin\/([\w-]+)@/g)].map(([, name]) => name);
  const included = [...text.matchAll(/include\s+jaros:plugin\/(agent|tool)@/g)].flatMap(([, role]) => BASE[role]);
  const used = [...script.matchAll(/^(?:import|export) [^"]*"jaros:plugin\/([\w-]+)@([\d.]+)"/gm)];
  return [...new Map(used.map(([, name, version]) => [name, version]))]
    .filter(([name]) => !named.includes(name) && !included.includes(name))
    .map(([name, version]) =>
      AGENTS_ONLY.includes(name)
        ? `    (${name} is for agents alone: a tool can't use it)`
        : `    import jaros:plugin/${name}@${version};`,
    );
}
