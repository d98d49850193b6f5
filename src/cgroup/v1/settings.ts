import { type KnobWrite, unenforceable } from '#cgroup/setting.ts';
import type { CgroupSettings, V1Controller } from '#cgroup/types.ts';

/** The leaf's directory in each hierarchy that is used; co-mounted controllers share one. */
export type V1Directories = Readonly<Partial<Record<V1Controller, string>>>;

/** The writes that put `settings` in force, in order. Throws HOST_CONTROL_UNENFORCEABLE where a controller is missing. */
export function planV1Settings(dirs: V1Directories, settings: CgroupSettings): readonly KnobWrite[] {
  return [...memoryWrites(dirs, settings), ...pidsWrites(dirs, settings), ...cpuWrites(dirs, settings)];
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

function required(dirs: V1Directories, controller: 'memory' | 'pids' | 'cpu'): string {
  const dir = dirs[controller];
  if (dir === undefined)
    throw unenforceable(controller, `the cgroup v1 controller ${controller} is not usable here`);
  return dir;
}
