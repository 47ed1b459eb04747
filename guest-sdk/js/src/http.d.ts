/** Headers by name. */
export type Headers = { [name: string]: string };

/** What the server answered. Every status is an answer. */
export class Response {
  readonly status: number;
  readonly headers: { name: string; value: string }[];
  readonly body: Uint8Array;
  constructor(answer: { status: number; headers: { name: string; value: string }[]; body: Uint8Array });
  /** Whether the status is 200 to 299. */
  get ok(): boolean;
  /** The first header of this name, or `null`. */
  header(name: string): string | null;
  /** The body as text. `invalid` when it isn't UTF-8. */
  text(): string;
  /** The body out of JSON. `invalid` when it isn't JSON. */
  json<Value = any>(): Value;
}

/** Sends one request. `refused` for an origin that isn't granted, `timeout`, `unavailable`, `in-doubt`. */
export function send(request: {
  method?: string;
  url: string;
  headers?: Headers;
  body?: string | Uint8Array;
}): Response;
/** Gets a URL. */
export function get(url: string, headers?: Headers): Response;
/** Posts text or bytes; anything else goes as JSON. */
export function post(url: string, body: unknown, headers?: Headers): Response;
