import { current } from "../current.js";

export const read = (...given) => current()["files-read"].read(...given);
export const readRange = (...given) => current()["files-read"].readRange(...given);
export const stat = (...given) => current()["files-read"].stat(...given);
export const entries = (...given) => current()["files-read"].entries(...given);
