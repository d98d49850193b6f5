/** What the launch layer needs from the others; the consumer owns these shapes. */

/** How an engine wants to be started: a pure value, printable by `warder render`. */
export interface LaunchSpec {
  readonly engine: 'bubblewrap' | 'nsjail';
  /** The launcher and its arguments; `argv[0]` is an absolute path. */
  readonly argv: readonly string[];
  /** Contents of the descriptors from `FIRST_BLOB_FD` on that `argv` refers to by number. */
  readonly blobs: readonly Uint8Array[];
}

export interface ProgramFile {
  /** Relative to /workspace, without `.` and `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
}

/** One resource of setrlimit(2), by its kernel number; `null` is RLIM_INFINITY. */
export interface Rlimit {
  readonly resource: number;
  readonly name: string;
  readonly soft: number | null;
  readonly hard: number | null;
}

/** What init restricts the program to (landlock(7)). Bits are the kernel's, from linux/landlock.h. */
export interface LandlockPlan {
  /** Rights that are refused unless a rule grants them. */
  readonly handledFs: number;
  readonly handledNet: number;
  readonly scoped: number;
  /** Paths inside; existing, no symbolic links. */
  readonly rules: readonly { readonly path: string; readonly access: number }[];
}

/** What runs in a jail. */
export interface ProgramSpec {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path inside. */
  readonly cwd: string;
  readonly files: readonly ProgramFile[];
  readonly rlimits: readonly Rlimit[];
  /** null where the kernel has no Landlock. */
  readonly landlock: LandlockPlan | null;
  /** init's own deadline, the third to fire after the supervisor's: wall limit and grace; null = none. */
  readonly backstopMs: number | null;
  /** The final filter, an array of `struct sock_filter` in little-endian form. */
  readonly filter: Uint8Array;
  /** Whether the filter has SECCOMP_RET_USER_NOTIF actions. */
  readonly notify: boolean;
}

/** Host ids that the launcher is to run under; null keeps the supervisor's own. */
export interface HostIds {
  readonly uid: number;
  readonly gid: number;
}
