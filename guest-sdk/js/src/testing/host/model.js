import { current } from "../current.js";

export const complete = (...given) => current().model.complete(...given);
