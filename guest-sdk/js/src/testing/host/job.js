import { current } from "../current.js";

export const id = (...given) => current().job.id(...given);
export const acceptedAtMs = (...given) => current().job.acceptedAtMs(...given);
export const random = (...given) => current().job.random(...given);
