import type { FileHandle } from './files.ts';
import type { CgroupEvents, CgroupSettings, CgroupUsage } from './types.ts';

/** Makes one leaf per run below the group that this process is in. */
export interface CgroupDriver {
  readonly version: 'v1' | 'v2';
  /** The directories that hold our leaves: what an owner record names as `leafParents`. */
  readonly parents: readonly string[];
  /**
   * Makes the leaf and writes every setting before anything can join it. An existing leaf of that name is an error.
   * Rejects with HOST_CONTROL_UNENFORCEABLE when a setting has no controller here, else with CGROUP_*;
   * nothing is left behind then.
   */
  createLeaf(name: string, settings: CgroupSettings): Promise<Leaf>;
}

/** The cgroup of one run. Every method rejects with a CGROUP_* error that names the file. */
export interface Leaf {
  readonly name: string;
  /** One directory per hierarchy; a single one on v2. */
  readonly directories: readonly string[];
  /**
   * Write-only handles through which a process that inherits them joins by writing `0` to each.
   * The kernel checks the credentials of the opener, so the joiner may have dropped its own. The caller closes them.
   */
  openJoinFds(): Promise<readonly FileHandle[]>;
  readUsage(): Promise<CgroupUsage>;
  readEvents(): Promise<CgroupEvents>;
  /** Starts the memory high-water mark anew; false where the kernel cannot. */
  resetPeak(): Promise<boolean>;
  openWatch(): Promise<LeafWatch>;
  /** SIGKILLs everything inside; true when the leaf was empty before the deadline (default 2000 ms). */
  kill(deadlineMs?: number): Promise<boolean>;
  /** Kills what is left and removes the leaf; rejects with CGROUP_REMOVE_FAILED at the deadline (default 2000 ms). */
  remove(deadlineMs?: number): Promise<void>;
}

export interface LeafWatchReading {
  /** Kills by the OOM killer since the leaf was made; 0 where the memory controller is not used. */
  readonly oomKill: number;
  /** CPU time of the whole leaf; null where it is not counted. */
  readonly cpuTotalUs: number | null;
}

/** Files kept open for polling: one pread each, about 1 µs in the kernel. */
export interface LeafWatch {
  read(): Promise<LeafWatchReading>;
  close(): Promise<void>;
}
