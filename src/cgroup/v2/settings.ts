import { v2IoWrites } from '#cgroup/io-rates.ts';
import { type KnobWrite, unenforceable } from '#cgroup/setting.ts';
import type { CgroupSettings } from '#cgroup/types.ts';
import { formatCpuList } from '#util/cpu-list.ts';

/**
 * The writes that put `settings` in force in the leaf at `dir`. Throws HOST_CONTROL_UNENFORCEABLE where the
 * controller is not among `controllers`. `disks` are the devices that rates of `settings` are for, as `MAJ:MIN`.
 */
export function planV2Settings(
  dir: string,
  controllers: readonly string[],
  settings: CgroupSettings,
  disks: readonly string[] = [],
): readonly KnobWrite[] {
  const { memoryBytes, swapBytes, pidsMax, cpu, cpus, io } = settings;
  const need = (controller: 'memory' | 'pids' | 'cpu' | 'cpuset' | 'io'): void => {
    if (controllers.includes(controller)) return;
    throw unenforceable(controller, `the cgroup v2 controller ${controller} is not available in ${dir}`);
  };
  if (memoryBytes !== null || swapBytes !== null) need('memory');
  if (pidsMax !== null) need('pids');
  if (cpu !== null) need('cpu');
  if (cpus !== undefined) need('cpuset');
  if (io !== undefined) need('io');
  const knobs: [file: string, data: string | null, ifMissing?: KnobWrite['ifMissing']][] = [
    ['memory.max', text(memoryBytes)],
    ['memory.swap.max', text(swapBytes), NO_SWAP],
    // The whole run ends with its first victim, so that no run goes on with a missing child.
    ['memory.oom.group', memoryBytes === null ? null : '1'],
    ['pids.max', text(pidsMax)],
    ['cpu.max', cpu === null ? null : `${cpu.quotaUs} ${cpu.periodUs}`],
    ['cpuset.cpus', cpus === undefined ? null : formatCpuList(cpus)],
  ];
  const writes = knobs.flatMap(([file, data, ifMissing]) =>
    data === null ? [] : [{ dir, file, data, ...(ifMissing && { ifMissing }) }],
  );
  return io === undefined ? writes : [...writes, ...v2IoWrites(dir, io, disks)];
}

/** Without swap accounting the file is not there; a limit that cannot be set must not pass for one that is. */
const NO_SWAP = {
  control: 'swap',
  why: 'memory.swap.max does not exist: the kernel does not account swap',
} as const;

function text(value: number | null): string | null {
  return value === null ? null : String(value);
}
