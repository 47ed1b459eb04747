import { current } from "../current.js";

export const system = (...given) => current()["host-facts"].system(...given);
export const disk = (...given) => current()["host-facts"].disk(...given);
