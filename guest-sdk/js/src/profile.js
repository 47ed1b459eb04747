// What a component says about itself. It grants nothing; its name is its file's.

import { json } from "./call.js";

/** Set by `build.js` from the project's package.json. */
const VERSION = typeof __JAROS_VERSION__ === "string" ? { version: __JAROS_VERSION__ } : {};

/** A profile as it crosses. */
export function profile({ description = "", schema = {}, meta = {} }) {
  return { description, schema: json(schema), meta: json({ ...VERSION, ...meta }) };
}
