import { v1IoWrites } from '#cgroup/io-rates.ts';
import { type KnobWrite, unenforceable } from '#cgroup/setting.ts';
import type { CgroupSettings, V1Controller } from '#cgroup/types.ts';
import { formatCpuList } from '#util/cpu-list.ts';

/** The leaf's directory in each hierarchy that is used; co-mounted controllers share one. */
export type V1Directories = Readonly<Partial<Record<V1Controller, string>>>;

/** The writes that put `settings` in force, in order. Throws HOST_CONTROL_UNENFORCEABLE where a controller is missing. */
export function planV1Settings(
  dirs: V1Directories,
  settings: CgroupSettings,
  { disks, memoryNodes }: V1Surroundings = { disks: [], memoryNodes: '' },
): readonly KnobWrite[] {
  const { io } = settings;
  return [
    ...memoryWrites(dirs, settings),
    ...pidsWrites(dirs, settings),
    ...cpuWrites(dirs, settings),
    ...cpusetWrites(dirs, settings, memoryNodes),
    ...(io === undefined ? [] : v1IoWrites(required(dirs, 'io'), io, disks)),
  ];
}

/** What a leaf's settings take from around it. */
export interface V1Surroundings {
  /** `MAJ:MIN` of each disk. */
  readonly disks: readonly string[];
  /** The parent's cpuset.mems. */
  readonly memoryNodes: string;
}

/** Nothing can join a group whose cpuset.cpus or cpuset.mems is empty, as both are in a new one (cpuset(7)). */
function cpusetWrites(
  dirs: V1Directories,
  { cpus }: CgroupSettings,
  memoryNodes: string,
): readonly KnobWrite[] {
  if (cpus === undefined) return [];
  const dir = required(dirs, 'cpuset');
  return [
    { dir, file: 'cpuset.mems', data: memoryNodes },
    { dir, file: 'cpuset.cpus', data: formatCpuList(cpus) },
  ];
}

/**
 * v1 limits memory and memory plus swap. The kernel refuses a sum below the limit (EINVAL, memory.rst §7), and a new
 * group starts with both unlimited, so the limit comes first.
 */
function memoryWrites(dirs: V1Directories, settings: CgroupSettings): readonly KnobWrite[] {
  const { memoryBytes, swapBytes } = settings;
  if (memoryBytes === null) {
    if (swapBytes === null) return [];
    throw unenforceable('swap', 'cgroup v1 limits swap only together with memory, and memory is unlimited');
  }
  const dir = required(dirs, 'memory');
  const limit = { dir, file: 'memory.limit_in_bytes', data: String(memoryBytes) };
  if (swapBytes === null) return [limit];
  const file = 'memory.memsw.limit_in_bytes';
  // Kernels booted with swapaccount=0 lack the file; a limit that cannot be set must not pass for one that is.
  const ifMissing = { control: 'swap', why: `${file} does not exist: swap accounting is off` } as const;
  return [limit, { dir, file, data: String(memoryBytes + swapBytes), ifMissing }];
}

function pidsWrites(dirs: V1Directories, settings: CgroupSettings): readonly KnobWrite[] {
  if (settings.pidsMax === null) return [];
  return [{ dir: required(dirs, 'pids'), file: 'pids.max', data: String(settings.pidsMax) }];
}

function cpuWrites(dirs: V1Directories, settings: CgroupSettings): readonly KnobWrite[] {
  if (settings.cpu === null) return [];
  const dir = required(dirs, 'cpu');
  return [
    { dir, file: 'cpu.cfs_period_us', data: String(settings.cpu.periodUs) },
    { dir, file: 'cpu.cfs_quota_us', data: String(settings.cpu.quotaUs) },
  ];
}

function required(dirs: V1Directories, controller: 'memory' | 'pids' | 'cpu' | 'cpuset' | 'io'): string {
  const dir = dirs[controller === 'io' ? 'blkio' : controller];
  if (dir === undefined)
    throw unenforceable(controller, `the cgroup v1 controller ${controller} is not usable here`);
  return dir;
}
