/**
 * The controls that a policy can name. One list, used by `allowDegraded`, `result.controls`, `result.limitsHit`
 * and `result.weakenings`, so that a name means the same thing everywhere.
 */
export const CONTROLS = [
  'wall',
  'cpuTime',
  'cpu',
  'cpuset',
  'io',
  'memory',
  'swap',
  'pids',
  'stdout',
  'stderr',
  'fileSize',
  'openFiles',
  'stack',
  'core',
  'workspace',
  'tmp',
  'shm',
  'network',
  'rootfs',
  'mounts',
  'identity',
  'environment',
  'devices',
  'seccomp',
  'writtenFiles',
  'namespaces',
  'capabilities',
  'noNewPrivs',
] as const;

export type Control = (typeof CONTROLS)[number];

/** What holds a control: a kernel mechanism or a part of warder. */
export type Enforcer =
  | 'supervisor'
  | 'launcher'
  | 'init'
  | 'cgroup1'
  | 'cgroup2'
  | 'rlimit'
  | 'seccomp'
  | 'landlock'
  | 'namespace'
  | 'mount'
  | 'tmpfs'
  | 'uid'
  | 'host';

export interface ControlEntry {
  readonly control: Control;
  /** The value in base units (ms, bytes, cores, count) or a word; `null` where the control is a switch without a value. */
  readonly value: number | string | boolean | readonly string[] | null;
  /** Independent layers that hold it; empty only together with a weakening. */
  readonly enforcedBy: readonly Enforcer[];
}

/** A protection that the policy asked to drop, or a fallback that it allowed. */
export interface Weakening {
  readonly id: Control;
  readonly why: string;
}
