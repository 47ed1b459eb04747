import type { Action } from "./types.js";

/** Everything this agent may propose, as the gate judges this turn by. */
export function list(): Action[];
