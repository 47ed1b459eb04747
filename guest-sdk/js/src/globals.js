// What JavaScript expects around it and a component doesn't have: a clock, randomness, a console, UTF-8.
//
// Invariant: inside a call `Date` and `Math.random` answer from the record (`job`), the same on every replay; outside, while
// the component is built, they say so instead of trapping.
// Doesn't know: time that passes: a call's clock stands still.
// Start at: `enter`.

import { acceptedAtMs, random } from "#host/job";
import { asked } from "./errors.js";
import * as log from "./log.js";
import { TextDecoder, TextEncoder } from "./text.js";

const real = { Date: globalThis.Date, random: Math.random };
const inNode = typeof process === "object";
let depth = 0;

/** Begins a call. Under node, where tests run, the clock is exchanged only for the length of it. */
export function enter() {
  depth += 1;
  if (depth === 1) install();
}

/** Ends a call. */
export function leave() {
  depth -= 1;
  if (depth === 0 && inNode) restore();
}

function now() {
  if (depth === 0) throw new Error("there is no clock while a component is built: ask inside of decide or execute");
  return acceptedAtMs();
}

/** 53 bits of the call's stream, as a fraction. */
function fraction() {
  if (depth === 0)
    throw new Error("there is no randomness while a component is built: ask inside of decide or execute");
  return asked(() => random(7)).reduce((sum, byte, i) => sum + (i < 6 ? byte : byte & 31) * 2 ** (8 * i), 0) / 2 ** 53;
}

const RecordedDate = new Proxy(real.Date, {
  construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [now()], made),
  apply: () => new real.Date(now()).toString(),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});

const say =
  (level) =>
  (...parts) =>
    depth > 0 && log[level](...parts);
const recordedConsole = {
  log: say("info"),
  info: say("info"),
  warn: say("warn"),
  error: say("error"),
  debug: say("debug"),
  trace: say("trace"),
};

function install() {
  globalThis.Date = RecordedDate;
  Math.random = fraction;
  globalThis.console ??= recordedConsole;
  if (!inNode) Object.assign(globalThis, { performance: { now: () => 0, timeOrigin: 0 }, TextDecoder, TextEncoder });
}

function restore() {
  globalThis.Date = real.Date;
  Math.random = real.random;
}

if (!inNode) install();
