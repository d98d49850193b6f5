import type { CgroupSettings } from '#cgroup/types.ts';
import type { ProgramSpec } from '#launch/types.ts';
import type { ArtifactLimits, DeviceName } from '#policy/types.ts';
import type { Control, ControlEntry, Weakening } from '#result/control.ts';

/** One step of building the jail's file system, in order. Decided here, applied by the engine. */
export type MountOp =
  | {
      readonly kind: 'tmpfs';
      readonly target: string;
      readonly sizeBytes: number;
      readonly inodes: number | null;
      readonly mode: number;
      /** Names the control that asked for it; null for what every jail has. */
      readonly control: Control | null;
    }
  | { readonly kind: 'bind'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | { readonly kind: 'symlink'; readonly target: string; readonly to: string }
  | { readonly kind: 'file'; readonly target: string; readonly content: string; readonly mode: number }
  | { readonly kind: 'device'; readonly name: DeviceName }
  | { readonly kind: 'proc' }
  /** Hides a file of /proc behind /dev/null. */
  | { readonly kind: 'mask'; readonly target: string }
  | { readonly kind: 'remountReadOnly'; readonly target: string };

/** The empty jail: policy x root file system x host. What runs in it is a ProgramSpec. */
export interface JailPlan {
  readonly engine: {
    readonly name: 'bubblewrap' | 'nsjail';
    readonly version: string;
    readonly path: string;
  };
  readonly identity: { readonly uid: number; readonly gid: number; readonly hostname: string };
  readonly network: 'none' | 'loopback';
  readonly mounts: readonly MountOp[];
  /**
   * For a launcher with a clock of its own, which starts before the program's and only knows seconds: later than every
   * other deadline; null = none.
   */
  readonly launcherDeadlineMs: number | null;
  /** null when no cgroup is to be had and the policy allows that. */
  readonly cgroup: CgroupSettings | null;
  readonly controls: readonly ControlEntry[];
  readonly weakenings: readonly Weakening[];
  readonly policy: { readonly name: string; readonly sha256: string };
  readonly rootfs: { readonly name: string; readonly sha256: string | null };
}

/** What is wanted of the workspace when its program has ended. */
export interface ArtifactPlan {
  /** Globs relative to /workspace (util/glob.ts). */
  readonly patterns: readonly string[];
  /** Beyond any of these a file is refused, and the run goes on. */
  readonly caps: ArtifactLimits;
}

/** What the supervisor itself holds during a run. */
export interface SupervisionPlan {
  readonly wallMs: number | null;
  readonly cpuTimeMs: number | null;
  readonly stdout: { readonly sizeBytes: number | null; readonly onExceed: 'kill' | 'truncate' };
  readonly stderr: { readonly sizeBytes: number | null; readonly onExceed: 'kill' | 'truncate' };
  /** null where no file is wanted: then nothing of the workspace is looked at. */
  readonly artifacts: ArtifactPlan | null;
}

export interface ProgramPlan {
  readonly spec: ProgramSpec;
  readonly supervision: SupervisionPlan;
}

/** What an engine can enforce, as data. A control that is missing here is somebody else's or nobody's. */
export interface EngineCapabilities {
  readonly name: 'bubblewrap' | 'nsjail';
  /** Whether a tmpfs can be given an inode cap. */
  readonly tmpfsInodes: boolean;
  /** Whether the flags of a bind (read-only, nosuid, nodev) reach the mounts below its source. */
  readonly recursiveBindFlags: boolean;
}
