// Calls that leave the node, to the origins that the operator granted. Tools only.
//
// Invariant: the intent of each call is on disk before it is made; a replay never calls again. Every status is an answer.
// Doesn't know: retries: a call that was in flight when the node died ends as `in-doubt`.
// Start at: `get`, `send`.

import * as host from "#host/http";
import { asked, HostError } from "./errors.js";
import { bytesOf, decoded } from "./text.js";

/** What the server answered. */
export class Response {
  constructor({ status, headers, body }) {
    this.status = status;
    this.headers = headers;
    this.body = Uint8Array.from(body);
  }

  /** Whether the status is 200 to 299. */
  get ok() {
    return this.status >= 200 && this.status < 300;
  }

  /** The first header of this name, or `null`. */
  header(name) {
    return this.headers.find((field) => field.name.toLowerCase() === name.toLowerCase())?.value ?? null;
  }

  /** The body as text. `invalid` when it isn't UTF-8. */
  text() {
    const text = decoded(this.body);
    if (text === undefined) throw new HostError("invalid", "the body is not UTF-8");
    return text;
  }

  /** The body out of JSON. `invalid` when it isn't JSON. */
  json() {
    try {
      return JSON.parse(this.text());
    } catch (error) {
      if (error instanceof HostError) throw error;
      throw new HostError("invalid", `the body is not JSON: ${error.message}`);
    }
  }
}

/** Sends one request. `refused` for an origin that isn't granted, `timeout`, `unavailable`, `in-doubt`. */
export function send({ method = "GET", url, headers = {}, body = "" }) {
  const fields = Object.entries(headers).map(([name, value]) => ({ name, value: String(value) }));
  return new Response(asked(() => host.send({ method, url: String(url), headers: fields, body: bytesOf(body) })));
}

/** Gets a URL. */
export const get = (url, headers = {}) => send({ url, headers });

/** Posts text or bytes; anything else goes as JSON. */
export function post(url, body, headers = {}) {
  if (typeof body === "string" || body instanceof Uint8Array) return send({ method: "POST", url, headers, body });
  return send({
    method: "POST",
    url,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}
