import { current } from "../current.js";

export const write = (...given) => current()["files-write"].write(...given);
export const remove = (...given) => current()["files-write"].remove(...given);
