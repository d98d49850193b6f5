import type { Rlimit } from '#launch/types.ts';
import type { ResolvedLimits } from '#policy/types.ts';
import type { Control, ControlEntry } from '#result/control.ts';

/** Numbers of asm-generic/resource.h, which x86_64 and aarch64 share. */
const RESOURCE = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
} as const;
const MEMLOCK_BYTES = 64 * 1024;
/** init, which has the program's uid. */
const OUR_TASKS = 1;

/**
 * setrlimit(2) for the program. CPU time is a backstop per process above the accounting of the whole tree.
 * A core limit of 1 rather than 0: a core_pattern that pipes ignores 0, and takes 1 as "do not start the
 * helper" (core(5)); for a file it is below the smallest dump.
 */
export function planRlimits(limits: ResolvedLimits, controls: readonly ControlEntry[]): Rlimit[] {
  const cpuSeconds = limits.cpuTimeMs === null ? null : Math.ceil(limits.cpuTimeMs / 1000) + 1;
  return [
    both('cpu', cpuSeconds),
    both('fsize', limits.fileSizeBytes),
    both('stack', limits.stackBytes),
    both('core', Math.max(1, limits.coreBytes)),
    both('nofile', limits.openFiles),
    both('memlock', MEMLOCK_BYTES),
    both('msgqueue', 0),
    both('nice', 0),
    both('rtprio', 0),
    ...standIns(limits, controls),
  ];
}

/**
 * In the place of a cgroup, where the policy goes without (controls.ts). Memory: what each process for itself can write
 * to of its own (RLIMIT_DATA), and not its address space, most of which runtimes only reserve. Tasks: since Linux 5.14 they
 * are counted for each user namespace by itself (ucounts), so for each run.
 */
function standIns({ memoryBytes, pids }: ResolvedLimits, controls: readonly ControlEntry[]): Rlimit[] {
  const isHeldSo = (control: Control): boolean =>
    controls.some((entry) => entry.control === control && entry.enforcedBy.includes('rlimit'));
  return [
    ...(isHeldSo('memory') ? [both('data', memoryBytes)] : []),
    ...(isHeldSo('pids') && pids !== null ? [both('nproc', pids + OUR_TASKS)] : []),
  ];
}

function both(name: keyof typeof RESOURCE, value: number | null): Rlimit {
  return { resource: RESOURCE[name], name, soft: value, hard: value };
}
