// UTF-8, which QuickJS has no TextDecoder for. `escape` and `unescape` do it in the engine, not in a loop that costs fuel.

/** Bytes as text, or `undefined` where they aren't UTF-8. */
export function decoded(bytes) {
  let latin = "";
  for (let at = 0; at < bytes.length; at += 4096) latin += String.fromCharCode(...bytes.subarray(at, at + 4096));
  try {
    return decodeURIComponent(escape(latin));
  } catch {
    return undefined;
  }
}

/** Text as bytes; half a surrogate pair becomes U+FFFD, as everywhere. */
export function encoded(text) {
  const latin = unescape(encodeURIComponent(String(text).toWellFormed()));
  return Uint8Array.from(latin, (letter) => letter.charCodeAt(0));
}

/** What is written: text, or bytes as they are. */
export const bytesOf = (data) => (typeof data === "string" ? encoded(data) : Uint8Array.from(data));

/** Bytes as text whatever they are: each piece that can't be UTF-8 becomes U+FFFD, as the web has it. */
function mended(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const [length, lowest, highest] = leading(bytes[at]);
    let end = at + 1;
    while (
      end < at + length &&
      bytes[end] >= (end === at + 1 ? lowest : 0x80) &&
      bytes[end] <= (end === at + 1 ? highest : 0xbf)
    )
      end += 1;
    text += length > 0 && end === at + length ? decoded(bytes.subarray(at, end)) : "\ufffd";
    at = end;
  }
  return text;
}

/** How long the sequence of a first byte is (0: it is none), and what may come second. */
function leading(byte) {
  if (byte < 0x80) return [1, 0, 0];
  if (byte >= 0xc2 && byte < 0xe0) return [2, 0x80, 0xbf];
  if (byte >= 0xe0 && byte < 0xf0) return [3, byte === 0xe0 ? 0xa0 : 0x80, byte === 0xed ? 0x9f : 0xbf];
  if (byte >= 0xf0 && byte < 0xf5) return [4, byte === 0xf0 ? 0x90 : 0x80, byte === 0xf4 ? 0x8f : 0xbf];
  return [0, 0, 0];
}

/** The web's, for UTF-8. */
export class TextEncoder {
  encoding = "utf-8";

  encode(text = "") {
    return encoded(text);
  }
}

/** The web's, for UTF-8 and whole texts. */
export class TextDecoder {
  encoding = "utf-8";
  #fatal;

  constructor(label = "utf-8", { fatal = false } = {}) {
    if (!/^(utf-?8|unicode-1-1-utf-8)$/i.test(label.trim())) throw new RangeError(`only UTF-8 is here, not ${label}`);
    this.#fatal = fatal;
  }

  decode(data = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    const text = decoded(bytes);
    if (text === undefined && this.#fatal) throw new TypeError("these bytes are not UTF-8");
    return (text ?? mended(bytes)).replace(/^\ufeff/, "");
  }
}
