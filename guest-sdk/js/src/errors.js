// The two errors that are an answer and no bug.

/** What the author means to say no to: its message becomes the `err` of the result, word for word. */
export class Failure extends Error {
  name = "Failure";
}

/** What the host said instead of an answer. Uncaught, it becomes the `err` with the text `CODE: MESSAGE`. */
export class HostError extends Error {
  name = "HostError";

  constructor(code, message) {
    super(message);
    this.code = code;
  }

  toString() {
    return `${this.code}: ${this.message}`;
  }
}

/** Asks the host; the bindings throw an Error whose `payload` is the contract's `error`. */
export function asked(question) {
  try {
    return question();
  } catch (error) {
    const said = error?.payload;
    if (typeof said?.code !== "string") throw error;
    throw new HostError(said.code, said.message);
  }
}
