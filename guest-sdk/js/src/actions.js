// What this agent may propose just now. Agents only.

import * as host from "#host/actions";

/** Everything this agent may propose, as the gate judges this turn by: `[{ kind, description, schema }]`. */
export const list = () =>
  host.list().map(({ kind, description, schema }) => ({ kind, description, schema: JSON.parse(schema) }));
