/** What the author means to say no to: its message becomes the `err` of the result, word for word. */
export class Failure extends Error {}

/** What the host said instead of an answer. Uncaught, it becomes the `err` with the text `CODE: MESSAGE`. */
export class HostError extends Error {
  constructor(code: string, message: string);
  /**
   * `refused`, `not-found`, `invalid`, `limit`, `timeout`, `unavailable`, `in-doubt`, `failed`, `trap`, `cancelled`. An open
   * set: treat one that you don't know as `failed`.
   */
  readonly code: string;
}
