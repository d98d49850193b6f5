import type { CgroupAccount } from '#util/cgroup-account.ts';
import type { CgroupEvents, CgroupSettings, CgroupUsage } from './types.ts';

/** Moves a process into the child group `name` of the leaves' parent; null when done, else why not. */
export type MoveIntoGroup = (pid: number, name: string) => Promise<string | null>;

/** The devices that rates hold for, as `MAJ:MIN`; asked for each leaf that has rates, since disks come and go. */
export type ListDisks = () => Promise<readonly string[]>;

export const NO_DISKS: ListDisks = async () => [];

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
   * Absolute paths of the files through which a process joins by writing `0` to each: `tasks` in each v1 hierarchy,
   * `cgroup.procs` on v2. The joiner opens them itself, while it still has the supervisor's rights.
   */
  readonly joinPaths: readonly string[];
  /**
   * Where nobody may join by himself (joinPaths is empty then): has the process `pid` moved into the leaf, and sees to
   * it that it is there. null where joining works.
   */
  readonly attach: ((pid: number) => Promise<void>) | null;
  /** Opens every file that is read during a run, once: all of them or none. */
  openMeter(): Promise<LeafMeter>;
  /** Everything that the group counted, for the end of a run; rejects with CGROUP_READ_FAILED. */
  account(): Promise<CgroupAccount>;
  /** Lifts the CPU quota and the rates of disks, for the last moments of a leaf. Never rejects: it only saves time. */
  unthrottle(): Promise<void>;
  /** SIGKILLs everything inside; true when the leaf was empty before the deadline (default 2000 ms). */
  kill(deadlineMs?: number): Promise<boolean>;
  /**
   * Removes the leaf, and kills only when it is still busy; rejects with CGROUP_REMOVE_FAILED at the deadline
   * (default 2000 ms). A meter that is still open does not stand in the way.
   */
  remove(deadlineMs?: number): Promise<void>;
}

/** What is polled. */
export interface LeafLook {
  /** Kills by the OOM killer since the leaf was made; 0 where the memory controller is not used. */
  readonly oomKill: number;
  /** CPU time of the whole leaf, microseconds; null where it is not counted. */
  readonly cpuTotalUs: number | null;
  /** Present memory, where the kernel keeps no high-water mark (before Linux 5.19); null elsewhere. */
  readonly memoryBytes: number | null;
}

export interface LeafPresent {
  /** Tasks in the leaf, launcher and init included; null where they are not counted. */
  readonly pids: number | null;
  readonly io: CgroupAccount['io'];
}

/**
 * The leaf's files, kept open: an answer costs one pread per file. All but `close` reject with CGROUP_READ_FAILED or
 * CGROUP_WRITE_FAILED, also once the leaf is gone: nothing can be told of it then, and zeros would be a claim.
 */
export interface LeafMeter {
  usage(): Promise<CgroupUsage>;
  events(): Promise<CgroupEvents>;
  look(): Promise<LeafLook>;
  /** What only somebody who looks at a running program wants: its files are opened when it is asked for. */
  present(): Promise<LeafPresent>;
  /** Starts the memory high-water mark that `usage` of this meter tells anew; false where the kernel cannot. */
  resetPeak(): Promise<boolean>;
  /** Waits for readings under way. May be called again. */
  close(): Promise<void>;
}
