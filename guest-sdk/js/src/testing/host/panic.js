import { current } from "../current.js";

export const abort = (...given) => current().panic.abort(...given);
