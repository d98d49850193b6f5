import type { CgroupAccount } from '#util/cgroup-account.ts';
import type { UsageSource } from './run-result.ts';

/** What a program that is still running has used so far. null where not measured. */
export interface LiveUsage {
  /** Since the program's first instruction. */
  readonly elapsedMs: number;
  /** CPU time of the whole tree. */
  readonly cpuMs: number | null;
  /** Present memory of the whole tree, tmpfs included where a cgroup counts. */
  readonly memoryBytes: number | null;
  /** High-water mark of the whole group, launcher and init included. */
  readonly memoryPeakBytes: number | null;
  /** Tasks at present, init and launcher taken out. */
  readonly pids: number | null;
  /** Most tasks at once, init and launcher taken out. */
  readonly pidsPeak: number | null;
  /** Sums over all block devices, set-up included; null where the group does not count them. */
  readonly io: CgroupAccount['io'];
  /** Where all of these were read. */
  readonly source: UsageSource;
}
