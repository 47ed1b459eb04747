/** The machine and its system. `refused` without a grant. */
export function system(): { system: string; release: string; machine: string; cpu_count: number };
/** The room on the volume that a granted folder lies on. `not-found`, `refused` outside the grants. */
export function disk(path: string): { total_bytes: number; used_bytes: number; free_bytes: number };
