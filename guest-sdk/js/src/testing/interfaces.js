// The host's interfaces, answered out of a test's values.
//
// Invariant: errors leave as the bindings throw them, so that the SDK's own way is tested too.
// Doesn't know: turns and decisions.
// Start at: `interfacesFor`.

import { createHash } from "node:crypto";

import { HostError } from "../errors.js";
import { bytesOf } from "../text.js";

const AGENTS = ["model", "actions", "job", "log", "panic", "files-read"];
const TOOLS = ["job", "log", "panic", "files-read", "files-write", "store", "host-facts", "http"];
const VALIDATE = ["job", "log", "panic"];

/** A bug of the code under test, as the host records it; its `cause` is the error itself. */
export class Crash extends Error {
  name = "Crash";
}

/** An error as the bindings throw it. */
export function refusal(code, message) {
  return Object.assign(new Error(`${code}: ${message}`), { payload: { code, message } });
}

/** What a call finds. `role` is `agent`, `tool` or `validate`; `stream` names its random bytes. */
export function interfacesFor(host, role, stream) {
  const made = {
    model,
    actions,
    job,
    log,
    panic,
    "files-read": filesRead,
    "files-write": filesWrite,
    store,
    "host-facts": hostFacts,
    http,
  };
  const own = role === "agent" ? AGENTS : TOOLS;
  const found = {};
  for (const [name, make] of Object.entries(made)) {
    if (!own.includes(name))
      found[name] = nothing(() => new Error(`\`${name}\` is for ${role === "agent" ? "tools" : "agents"} only`));
    else if (role === "validate" && !VALIDATE.includes(name)) {
      found[name] = nothing(() =>
        refusal("refused", `\`${name}\` doesn't work in \`validate\`: only \`job\` and \`log\` do`),
      );
    } else found[name] = make(host, stream);
  }
  return found;
}

const nothing = (error) =>
  new Proxy(
    {},
    {
      get() {
        throw error();
      },
    },
  );

const panic = () => ({
  abort(message, cause) {
    throw new Crash(`it gave up: ${message}`, { cause });
  },
});

const log = (host) => ({ write: (level, message) => void host.logs.push({ level, message }) });

function job(host, stream) {
  const seed = createHash("sha256").update(`${host.jobId} ${stream}`).digest();
  let [given, block] = [0, Buffer.alloc(0)];
  const next = () => {
    if (given % 32 === 0) {
      const index = Buffer.alloc(8);
      index.writeBigUInt64LE(BigInt(given / 32));
      block = createHash("sha256").update(seed).update("random").update(index).digest();
    }
    given += 1;
    return block[(given - 1) % 32];
  };
  return {
    id: () => host.jobId,
    acceptedAtMs: () => host.acceptedAtMs,
    random(len) {
      if (len > 4096) throw refusal("limit", `${len} random bytes are more than 4096 at once; ask for them in parts`);
      return Uint8Array.from({ length: len }, next);
    },
  };
}

function model(host) {
  return {
    complete(request) {
      host.asked.push({ ...read("tools", "params")(request), messages: request.messages.map(read("parts")) });
      const count = host.asked.length;
      if (count > host.model.length) {
        const given = host.model.length === 1 ? "1 answer" : `${host.model.length || "no"} answers`;
        throw refusal(
          "unavailable",
          `the test has ${given} of the model, and this is question ${count}: new Host({ model: […] })`,
        );
      }
      const scripted = host.model[count - 1];
      const answer = typeof scripted === "string" ? { text: scripted } : scripted;
      if (answer.error) throw refusal(answer.error.code, answer.error.message ?? "");
      const calls = (answer.calls ?? []).map((call, i) => ({
        type: "call",
        id: call.id ?? `call-${count}-${i + 1}`,
        name: call.name,
        arguments: call.arguments ?? {},
      }));
      const structured = JSON.stringify(answer.structured ?? null);
      return {
        text: answer.text ?? (answer.structured === undefined ? "" : structured),
        parts: JSON.stringify(calls),
        structured,
        model: "test",
        finish: calls.length > 0 ? "call" : "stop",
        usage: "{}",
      };
    },
  };
}

const read =
  (...names) =>
  (record) => ({ ...record, ...Object.fromEntries(names.map((name) => [name, JSON.parse(record[name])])) });

const actions = (host) => ({
  list: () =>
    host.actions().map(({ kind, description, schema }) => ({ kind, description, schema: JSON.stringify(schema) })),
});

function filesRead(host) {
  const granted = (path) => {
    if (!host.files) throw refusal("refused", "`files-read` isn't granted: new Host({ files: {…} })");
    const folders = [...new Set([...Object.keys(host.files).map(folderOf), ...host.writable])];
    if (!folders.includes(folderOf(path))) {
      throw refusal(
        "refused",
        `there is no granted folder \`${folderOf(path)}\`; granted: ${folders.map((name) => `\`${name}\``).join(", ")}`,
      );
    }
    return host.files;
  };
  const below = (path) =>
    Object.keys(granted(path))
      .filter((name) => name.startsWith(`${path}/`))
      .map((name) => name.slice(path.length + 1));
  const whole = (path) => {
    if (!Object.hasOwn(granted(path), path)) throw refusal("not-found", `there is no file ${path}`);
    return host.files[path];
  };
  const stat = (path) => {
    const name = path.split("/").at(-1);
    if (Object.hasOwn(granted(path), path)) return { name, kind: "file", sizeBytes: host.files[path].length };
    if (below(path).length > 0) return { name, kind: "dir", sizeBytes: 0 };
    throw refusal("not-found", `there is nothing at ${path}`);
  };
  return {
    read: (path) => whole(path),
    readRange: (path, offset, len) => whole(path).slice(offset, offset + len),
    stat,
    entries(path) {
      const names = new Set(below(path).map((name) => name.split("/")[0]));
      return [...names].sort().map((name) => stat(`${path}/${name}`));
    },
  };
}

function filesWrite(host) {
  const writable = (path) => {
    if (!host.writable.includes(folderOf(path))) {
      throw refusal(
        "refused",
        `the folder \`${folderOf(path)}\` isn't granted for writing: new Host({ writable: […] })`,
      );
    }
  };
  return {
    write(path, data) {
      writable(path);
      host.written[path] = data;
      if (host.files) host.files[path] = data;
    },
    remove(path) {
      writable(path);
      if (!Object.hasOwn(host.written, path) && !Object.hasOwn(host.files ?? {}, path))
        throw refusal("not-found", `there is no file ${path}`);
      delete host.written[path];
      delete host.files?.[path];
      host.removed.push(path);
    },
  };
}

const folderOf = (path) => path.split("/")[0];

function store(host) {
  const kept = () => {
    if (!host.store) throw refusal("refused", "`store` isn't granted: new Host({ store: {} })");
    return host.store;
  };
  return {
    get: (key) => (Object.hasOwn(kept(), key) ? kept()[key] : null),
    put: (key, value) => void (kept()[key] = value),
    delete: (key) => void delete kept()[key],
    keys: (prefix, after, limit) =>
      Object.keys(kept())
        .filter((key) => key.startsWith(prefix) && inBytes(key, after) > 0)
        .sort(inBytes)
        .slice(0, limit),
  };
}

const inBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function hostFacts(host) {
  const fact = (value) => {
    if (!value) throw refusal("refused", "`host-facts` isn't granted: new Host({ system: {…}, disk: {…} })");
    return JSON.stringify(value);
  };
  return { system: () => fact(host.system), disk: () => fact(host.disk) };
}

function http(host) {
  return {
    send(request) {
      host.sent.push(request);
      if (!Object.hasOwn(host.http, request.url))
        throw refusal("refused", `${request.url} isn't granted: new Host({ http: { "URL": … } })`);
      const given = host.http[request.url];
      let answer;
      try {
        answer = typeof given === "function" ? given(request) : given;
      } catch (error) {
        throw error instanceof HostError ? refusal(error.code, error.message) : error;
      }
      const { status = 200, headers = {}, body } = isAnswer(answer) ? answer : { body: answer };
      const fields = Object.entries(headers).map(([name, value]) => ({ name, value }));
      return { status, headers: fields, body: isBytes(body) ? bytesOf(body) : bytesOf(JSON.stringify(body ?? null)) };
    },
  };
}

const isBytes = (body) => typeof body === "string" || body instanceof Uint8Array;
/** `{ status, headers, body }`, told from a body that is JSON by its status. */
const isAnswer = (answer) => typeof answer?.status === "number" && "body" in answer;
