/** What a leaf enforces. `null` means that the controller's knob is left alone. */
export interface CgroupSettings {
  readonly memoryBytes: number | null;
  /** Swap on top of memory; 0 forbids swapping. */
  readonly swapBytes: number | null;
  /** Tasks in the leaf, launcher and init included. */
  readonly pidsMax: number | null;
  /** CPU bandwidth: `quotaUs` of every `periodUs`. */
  readonly cpu: { readonly quotaUs: number; readonly periodUs: number } | null;
  /** Processors, sorted and not empty; absent where any may be used. */
  readonly cpus?: readonly number[];
  /** Of every disk of the host; absent where nothing is limited. */
  readonly io?: IoRates;
}

/** In a second; null = no limit. */
export interface IoRates {
  readonly readBytes: number | null;
  readonly writeBytes: number | null;
  readonly readOps: number | null;
  readonly writeOps: number | null;
}

export interface CgroupUsage {
  /** High-water mark; null where the kernel does not tell. */
  readonly memoryPeakBytes: number | null;
  readonly memoryCurrentBytes: number | null;
  readonly cpuTotalUs: number | null;
  readonly pidsPeak: number | null;
}

/** Counters that the kernel keeps of limits reached, since the leaf was made. */
export interface CgroupEvents {
  /** Processes of the leaf that the OOM killer ended. */
  readonly oomKill: number;
  /** v2 only: times that the whole leaf was ended (memory.oom.group). */
  readonly oomGroupKill: number | null;
  /** fork or clone refused by pids.max; null where the kernel does not tell. */
  readonly pidsMax: number | null;
  /** Periods in which the leaf was throttled by its CPU quota. */
  readonly cpuThrottled: number | null;
}

/**
 * The v1 hierarchies that a leaf uses; `cpuacct` only counts, and `cpuset` and `blkio` are used only for a leaf with a
 * limit there.
 */
export const V1_CONTROLLERS = ['memory', 'pids', 'cpu', 'cpuacct', 'cpuset', 'blkio'] as const;
export type V1Controller = (typeof V1_CONTROLLERS)[number];

/** Where this process may make leaves: the directory of its own group, per v1 hierarchy or once on v2. */
export type CgroupLocation =
  | { readonly driver: 'v1'; readonly hierarchies: Readonly<Partial<Record<V1Controller, string>>> }
  | { readonly driver: 'v2'; readonly dir: string; readonly controllers: readonly string[] }
  | { readonly driver: 'none'; readonly why: string };

/** Anything that a leaf can limit or count, and that a probe answers for. */
export const CGROUP_ABILITIES = ['memory', 'swap', 'pids', 'cpu', 'cpuacct', 'cpuset', 'io'] as const;
export type CgroupAbility = (typeof CGROUP_ABILITIES)[number];

export type AbilityStatus =
  | { readonly usable: true }
  /** `errno` is null where no system call failed, such as a controller that is not mounted. */
  | { readonly usable: false; readonly why: string; readonly errno: string | null };

/** What the host lets us do with a leaf, proven by making one. */
export interface CgroupProbe {
  readonly driver: CgroupLocation['driver'];
  readonly abilities: Readonly<Record<CgroupAbility, AbilityStatus>>;
}
