/**
 * The part of nsjail's configuration message (config.proto, package nsjail) that warder writes, as data: what is not
 * in here cannot be written, and a test compares every entry with nsjail's own definition. Units differ from field to
 * field there, so each field that has one names it.
 */

export const SCALARS = ['string', 'bytes', 'bool', 'int32', 'int64', 'uint32', 'uint64'] as const;
export type Scalar = (typeof SCALARS)[number];

export interface FieldModel {
  /** A scalar, or the name of one of ENUMS or MESSAGES. */
  readonly type: Scalar | keyof typeof ENUMS | 'IdMap' | 'MountPt' | 'Exe';
  readonly label?: 'repeated' | 'required';
  readonly unit?: 's' | 'ms per s' | 'B' | 'KiB' | 'MiB';
}

export const ENUMS = {
  Mode: ['LISTEN', 'ONCE', 'RERUN', 'EXECVE'],
  LogLevel: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'FATAL'],
  RLimit: ['VALUE', 'SOFT', 'HARD', 'INF'],
} as const;

const ID_MAP = {
  inside_id: { type: 'string' },
  /** Empty: the id that nsjail itself runs under. */
  outside_id: { type: 'string' },
  count: { type: 'uint32' },
} as const satisfies Record<string, FieldModel>;

const MOUNT_PT = {
  src: { type: 'string' },
  src_content: { type: 'bytes' },
  dst: { type: 'string', label: 'required' },
  fstype: { type: 'string' },
  options: { type: 'string' },
  is_bind: { type: 'bool' },
  rw: { type: 'bool' },
  is_dir: { type: 'bool' },
  mandatory: { type: 'bool' },
  is_symlink: { type: 'bool' },
  nosuid: { type: 'bool' },
  nodev: { type: 'bool' },
  noexec: { type: 'bool' },
} as const satisfies Record<string, FieldModel>;

const EXE = {
  path: { type: 'string', label: 'required' },
  /** argv[1] and on. */
  arg: { type: 'string', label: 'repeated' },
  arg0: { type: 'string' },
} as const satisfies Record<string, FieldModel>;

const RLIMITS = {
  rlimit_as_type: { type: 'RLimit' },
  rlimit_core: { type: 'uint64', unit: 'MiB' },
  rlimit_core_type: { type: 'RLimit' },
  rlimit_cpu: { type: 'uint64', unit: 's' },
  rlimit_cpu_type: { type: 'RLimit' },
  rlimit_fsize: { type: 'uint64', unit: 'MiB' },
  rlimit_fsize_type: { type: 'RLimit' },
  rlimit_nofile: { type: 'uint64' },
  rlimit_nofile_type: { type: 'RLimit' },
  rlimit_nproc_type: { type: 'RLimit' },
  rlimit_stack: { type: 'uint64', unit: 'MiB' },
  rlimit_stack_type: { type: 'RLimit' },
  rlimit_memlock: { type: 'uint64', unit: 'KiB' },
  rlimit_memlock_type: { type: 'RLimit' },
  rlimit_rtprio: { type: 'uint64' },
  rlimit_rtprio_type: { type: 'RLimit' },
  rlimit_msgqueue: { type: 'uint64', unit: 'B' },
  rlimit_msgqueue_type: { type: 'RLimit' },
  disable_rl: { type: 'bool' },
} as const satisfies Record<string, FieldModel>;

const CGROUPS = {
  cgroup_mem_max: { type: 'uint64', unit: 'B' },
  cgroup_mem_swap_max: { type: 'int64', unit: 'B' },
  cgroup_mem_mount: { type: 'string' },
  cgroup_mem_parent: { type: 'string' },
  cgroup_pids_max: { type: 'uint64' },
  cgroup_pids_mount: { type: 'string' },
  cgroup_pids_parent: { type: 'string' },
  cgroup_cpu_ms_per_sec: { type: 'uint32', unit: 'ms per s' },
  cgroup_cpu_mount: { type: 'string' },
  cgroup_cpu_parent: { type: 'string' },
  cgroupv2_mount: { type: 'string' },
  use_cgroupv2: { type: 'bool' },
} as const satisfies Record<string, FieldModel>;

const NAMESPACES = {
  clone_newnet: { type: 'bool' },
  clone_newuser: { type: 'bool' },
  clone_newns: { type: 'bool' },
  clone_newpid: { type: 'bool' },
  clone_newipc: { type: 'bool' },
  clone_newuts: { type: 'bool' },
  clone_newcgroup: { type: 'bool' },
} as const satisfies Record<string, FieldModel>;

const CONFIG = {
  name: { type: 'string' },
  mode: { type: 'Mode' },
  hostname: { type: 'string' },
  cwd: { type: 'string' },
  /** 0: none. */
  time_limit: { type: 'uint32', unit: 's' },
  nice_level: { type: 'int32' },
  log_fd: { type: 'int32' },
  log_level: { type: 'LogLevel' },
  keep_env: { type: 'bool' },
  /** `NAME=value`; a bare name would take nsjail's own variable. */
  envar: { type: 'string', label: 'repeated' },
  keep_caps: { type: 'bool' },
  cap: { type: 'string', label: 'repeated' },
  skip_setsid: { type: 'bool' },
  pass_fd: { type: 'int32', label: 'repeated' },
  disable_no_new_privs: { type: 'bool' },
  ...RLIMITS,
  ...NAMESPACES,
  uidmap: { type: 'IdMap', label: 'repeated' },
  gidmap: { type: 'IdMap', label: 'repeated' },
  mount_proc: { type: 'bool' },
  mount: { type: 'MountPt', label: 'repeated' },
  /** kafel text; nsjail joins the strings with a line feed. */
  seccomp_string: { type: 'string', label: 'repeated' },
  ...CGROUPS,
  iface_no_lo: { type: 'bool' },
  exec_bin: { type: 'Exe' },
} as const satisfies Record<string, FieldModel>;

export const MESSAGES = { NsJailConfig: CONFIG, IdMap: ID_MAP, MountPt: MOUNT_PT, Exe: EXE } as const;
export type MessageName = keyof typeof MESSAGES;

interface ScalarValues {
  /** Bytes for what is not UTF-8, such as some file names. */
  string: string | Uint8Array;
  bytes: string | Uint8Array;
  bool: boolean;
  int32: number;
  int64: number;
  uint32: number;
  uint64: number;
}

type ValueOf<T> = T extends Scalar
  ? ScalarValues[T]
  : T extends keyof typeof ENUMS
    ? (typeof ENUMS)[T][number]
    : T extends MessageName
      ? MessageValue<T>
      : never;

type FieldValue<F> = F extends { type: infer T; label: 'repeated' }
  ? readonly ValueOf<T>[]
  : F extends { type: infer T }
    ? ValueOf<T>
    : never;

/** A value of one of MESSAGES; the compiler checks names and types, the writer checks ranges. */
export type MessageValue<M extends MessageName> = {
  readonly [K in keyof (typeof MESSAGES)[M]]?: FieldValue<(typeof MESSAGES)[M][K]>;
};

export type NsjailConfig = MessageValue<'NsJailConfig'>;
export type NsjailMount = MessageValue<'MountPt'>;
