/** The sums that a group keeps of everything that was in it, as evidence. null is "this kernel or driver does not tell". */
export interface CgroupAccount {
  readonly memory: {
    /** The limit as the kernel holds it: rounded down to pages. */
    readonly maxBytes: number | null;
    /** Of the whole group, launcher and init included. */
    readonly peakBytes: number | null;
    /** Times that usage was about to go over the limit. */
    readonly max: number | null;
    /** Times that reclaiming did not help. */
    readonly oom: number | null;
    readonly oomKill: number | null;
    readonly oomGroupKill: number | null;
  };
  readonly cpu: {
    readonly totalUs: number | null;
    readonly userUs: number | null;
    readonly systemUs: number | null;
    readonly periods: number | null;
    readonly throttled: number | null;
    readonly throttledUs: number | null;
  };
  readonly pids: {
    readonly max: number | null;
    readonly peak: number | null;
    /** Forks refused. */
    readonly refused: number | null;
  };
  /** Sums over all devices; null where the io controller is not delegated. */
  readonly io: {
    readonly readBytes: number;
    readonly writtenBytes: number;
    readonly reads: number;
    readonly writes: number;
  } | null;
  /** Time in which some or all tasks waited for a resource (accounting/psi.rst); null where the kernel does not count. */
  readonly pressure: Readonly<Record<'cpu' | 'memory' | 'io', Pressure | null>>;
}

export interface Pressure {
  readonly someUs: number;
  readonly fullUs: number | null;
}
