import { current } from "../current.js";

export const list = (...given) => current().actions.list(...given);
