import type { Reasoning } from "./agent.js";
import type { HostError } from "./errors.js";
import type { Call, Part } from "./model.js";
import type { WireAction } from "./tool.js";
import type { Action } from "./types.js";

export { Failure, HostError } from "./errors.js";

/** A bug of the code under test, as the host records it: `it gave up: TypeError: …, at agent.js:12`. Its `cause` is the error. */
export class Crash extends Error {}

/** What a scripted model says. */
export type ModelAnswer =
  | string
  | { text?: string; structured?: unknown; calls?: (Partial<Call> & { name: string })[] }
  | { error: { code: string; message?: string } };

/** What a test gives; a capability that isn't given is refused. */
export interface Given {
  /** The model's answers, used in order. */
  model?: ModelAnswer[];
  /** By kind: a result, a function of the payload, or what `tool({…})` made. */
  tools?: { [kind: string]: unknown };
  /** By name, for `submit`: a result, a function of the input, or what `agent({…})` made. */
  agents?: { [name: string]: unknown };
  /** What can be read, by `GRANT/rest`. */
  files?: { [path: string]: string | Uint8Array };
  /** The folders that a tool may write into. */
  writable?: string[];
  /** What the store holds: bytes and text as they are, anything else as JSON. */
  store?: { [key: string]: unknown };
  /** What `hostFacts.system()` says. */
  system?: object;
  /** What `hostFacts.disk()` says. */
  disk?: object;
  /** By URL: a body (text, bytes or JSON), `{ status, headers, body }`, or a function of the request. */
  http?: { [url: string]: unknown };
  /** `test` */
  jobId?: string;
  /** 1,700,000,000,000 */
  acceptedAtMs?: number;
}

/** A decision, and what became of it. */
export interface Carried {
  id: string;
  turn: number;
  kind: string;
  payload: any;
  note: string;
  ok: boolean;
  value?: any;
  error?: HostError;
}

/** A job as it ended. */
export interface Run {
  state: "DONE" | "FAILED" | "BLOCKED";
  /** Throws the `error` where the job failed. */
  readonly result: any;
  /** Why it failed. */
  error?: HostError;
  turns: number;
  /** Every decision that was judged, in order. */
  decisions: Carried[];
}

/** Stands in for a node. */
export class Host {
  constructor(given?: Given);
  /** What was logged. */
  logs: { level: string; message: string }[];
  /** What the model was asked. */
  asked: { model: string; messages: { role: string; content: string; parts: Part[] }[]; tools: any[]; params: any }[];
  /** What was sent by `http`. */
  sent: { method: string; url: string; headers: { name: string; value: string }[]; body: Uint8Array }[];
  /** Files that tools wrote, and removed. */
  written: { [path: string]: Uint8Array };
  removed: string[];
  /** Files that `fs.write` wrote. */
  artifacts: { [path: string]: string };

  /**
   * One turn. `answers` holds results, HostErrors, or `{ kind, value }` and `{ kind, error }`; `step` and `data` stand for what
   * `goOn` says. Throws the Failure where the agent says no.
   */
  decide(
    agent: Reasoning,
    input?: unknown,
    turn?: { memo?: unknown; step?: string; data?: unknown; answers?: unknown[]; number?: number },
  ): { decisions: { kind: string; payload: any; note: string }[]; memo: any; goesOn: boolean };
  /** A whole job, turn by turn. `unblock` holds the operator's words, in the order in which the job blocks. */
  run(agent: Reasoning, input?: unknown, options?: { unblock?: unknown[] }): Run;
  /** A tool's `validate`; throws the Failure where it says no. */
  validate(tool: WireAction, payload?: unknown): void;
  /** A tool's result; throws the Failure where it says no, and then nothing of what it staged is left. */
  execute(tool: WireAction, payload?: unknown): any;
  /** What an agent may propose: the tools, and the built-in actions. */
  actions(): Action[];
  /** What the store holds under a key, out of JSON; `undefined` for nothing. */
  stored(key: string): any;
}
