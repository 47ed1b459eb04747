import { current } from "../current.js";

export const write = (...given) => current().log.write(...given);
