import { current } from "../current.js";

export const get = (...given) => current().store.get(...given);
export const put = (...given) => current().store.put(...given);
const remove = (...given) => current().store.delete(...given);
export { remove as delete };
export const keys = (...given) => current().store.keys(...given);
