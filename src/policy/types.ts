import type { Control } from '#result/control.ts';
import type { Place } from '#seccomp/ir.ts';

/** A limit that may be switched off by writing `unlimited`; `null` means unlimited. */
export type Limit = number | null;

export interface OutputLimit {
  readonly sizeBytes: Limit;
  /** What happens at the cap: the run is ended, or the rest is read and thrown away. */
  readonly onExceed: 'kill' | 'truncate';
}

/** A tmpfs (tmpfs(5)). `inodes` is null where the policy does not set it. */
export interface TmpfsLimit {
  readonly sizeBytes: number;
  readonly inodes: number | null;
}

/** For each disk, in a second; the counts are operations. */
export interface IoLimit {
  readonly readBytes: Limit;
  readonly writeBytes: Limit;
  readonly readOps: Limit;
  readonly writeOps: Limit;
}

/** Units are in the names; counts are tasks or descriptors. Every field of the contract's `limits`. */
export interface ResolvedLimits {
  readonly wallMs: Limit;
  readonly cpuTimeMs: Limit;
  /** Cores, cpu.max; fractions allowed. */
  readonly cpuCores: Limit;
  /** Processors that can be used, sorted; absent where any can. */
  readonly cpuset?: readonly number[];
  /** Absent where nothing is limited. */
  readonly io?: IoLimit;
  readonly memoryBytes: Limit;
  /** On top of memory; 0 means none. */
  readonly swapBytes: Limit;
  /** The program's own tasks. */
  readonly pids: Limit;
  readonly stdout: OutputLimit;
  readonly stderr: OutputLimit;
  readonly fileSizeBytes: Limit;
  readonly openFiles: number;
  readonly stackBytes: Limit;
  readonly coreBytes: number;
  readonly workspace: TmpfsLimit;
  readonly tmp: TmpfsLimit;
  readonly shm: TmpfsLimit;
}

export interface BindMount {
  readonly type: 'bind';
  /** Absolute host path. */
  readonly source: string;
  /** Absolute path inside; never /, /proc, /dev or below a directory that the program can write. */
  readonly target: string;
  readonly readOnly: boolean;
}

export type DeviceName = 'null' | 'zero' | 'full' | 'random' | 'urandom';

/** What may come out of a workspace when its program has ended. Always bounded: it is kept in memory. */
export interface ArtifactLimits {
  /** Files. */
  readonly count: number;
  /** Of one file. */
  readonly sizeBytes: number;
  /** Of all files. */
  readonly totalBytes: number;
  /** Directories below /workspace, one in the other. */
  readonly depth: number;
}

/** A policy after `extends`, `+append`, language overrides and the request: every field present, base units. */
export interface ResolvedPolicy {
  readonly name: string;
  readonly description: string;
  /** SHA-256 over the canonical JSON of the policy as resolved from its files, before language and request. */
  readonly sha256: string;
  readonly limits: ResolvedLimits;
  readonly compileLimits: ResolvedLimits;
  readonly network: { readonly mode: 'none' | 'loopback' };
  readonly filesystem: { readonly rootfs: string; readonly mounts: readonly BindMount[] };
  readonly identity: { readonly uid: number; readonly gid: number; readonly hostname: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly devices: readonly DeviceName[];
  readonly seccomp: {
    /** A shipped name, or a path; what it stands for is in `LoadedPolicy.profiles`. */
    readonly profile: string;
    readonly allow: readonly string[];
    readonly deny: readonly string[];
    /** Where each call of the lists is named. */
    readonly places: { readonly [list in 'allow' | 'deny']: Readonly<Record<string, Place>> };
  };
  /** The compile phase's own profile; null where it has that of `seccomp`. */
  readonly compileProfile: string | null;
  readonly execution: { readonly writtenFiles: 'allow' | 'deny' };
  readonly allowDegraded: readonly Control[];
  readonly artifacts: ArtifactLimits;
}
