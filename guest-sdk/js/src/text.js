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
