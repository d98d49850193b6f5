/** What a leaf enforces. `null` means that the controller's knob is left alone. */
export interface CgroupSettings {
  readonly memoryBytes: number | null;
  /** Swap on top of memory; 0 forbids swapping. */
  readonly swapBytes: number | null;
  /** Tasks in the leaf, launcher and init included. */
  readonly pidsMax: number | null;
  /** CPU bandwidth: `quotaUs` of every `periodUs`. */
  readonly cpu: { readonly quotaUs: number; readonly periodUs: number } | null;
}

export interface CgroupUsage {
  /** High-water mark; null where the kernel does not tell. */
  readonly memoryPeakBytes: number | null;
  readonly memoryCurrentBytes: number | null;
  readonly cpuUserUs: number | null;
  readonly cpuSystemUs: number | null;
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
