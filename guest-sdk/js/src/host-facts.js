// Facts about the machine. Tools only; every answer is recorded, and a replay answers what was answered then.

import * as host from "#host/host-facts";
import { asked } from "./errors.js";

/** `{ system, release, machine, cpu_count }` */
export const system = () => JSON.parse(asked(() => host.system()));
/** `{ total_bytes, used_bytes, free_bytes }` of the volume that a granted folder lies on. */
export const disk = (path) => JSON.parse(asked(() => host.disk(path)));
