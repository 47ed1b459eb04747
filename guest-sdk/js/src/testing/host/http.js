import { current } from "../current.js";

export const send = (...given) => current().http.send(...given);
