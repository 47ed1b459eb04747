// The host that the code under test sees. Under node the SDK's `#host/*` leads here, see package.json.

const hosts = [];

/** The interfaces of the innermost call. */
export function current() {
  const host = hosts.at(-1);
  if (!host) throw new Error("nothing to ask outside of a call: run this through a Host of @jaros/guest/testing");
  return host;
}

/** Runs `work` with these interfaces around it. */
export function within(interfaces, work) {
  hosts.push(interfaces);
  try {
    return work();
  } finally {
    hosts.pop();
  }
}
