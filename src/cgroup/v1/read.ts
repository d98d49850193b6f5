import type { LeafWatch } from '#cgroup/driver.ts';
import { readGroupFileIfPresent, writeGroupFile } from '#cgroup/files.ts';
import { parseKeyed, parseNumber } from '#cgroup/parse.ts';
import type { CgroupEvents, CgroupUsage, V1Controller } from '#cgroup/types.ts';
import { openLeafWatch, openWatchedFile } from '#cgroup/watch.ts';
import type { V1Directories } from './settings.ts';

export async function readV1Usage(dirs: V1Directories): Promise<CgroupUsage> {
  const [peak, current, total, user, system, pidsPeak] = await Promise.all([
    readKnob(dirs, 'memory', 'memory.max_usage_in_bytes'),
    readKnob(dirs, 'memory', 'memory.usage_in_bytes'),
    readKnob(dirs, 'cpuacct', 'cpuacct.usage'),
    readKnob(dirs, 'cpuacct', 'cpuacct.usage_user'),
    readKnob(dirs, 'cpuacct', 'cpuacct.usage_sys'),
    readKnob(dirs, 'pids', 'pids.peak'),
  ]);
  return {
    memoryPeakBytes: parseNumber(peak),
    memoryCurrentBytes: parseNumber(current),
    cpuUserUs: parseNanoseconds(user),
    cpuSystemUs: parseNanoseconds(system),
    cpuTotalUs: parseNanoseconds(total),
    pidsPeak: parseNumber(pidsPeak),
  };
}

export async function readV1Events(dirs: V1Directories): Promise<CgroupEvents> {
  const [oom, pids, cpu] = await Promise.all([
    readKnob(dirs, 'memory', 'memory.oom_control'),
    readKnob(dirs, 'pids', 'pids.events'),
    readKnob(dirs, 'cpu', 'cpu.stat'),
  ]);
  return {
    oomKill: parseOomKill(oom),
    oomGroupKill: null,
    pidsMax: parseKeyed(pids, 'max'),
    cpuThrottled: parseKeyed(cpu, 'nr_throttled'),
  };
}

export function openV1Watch(dirs: V1Directories): Promise<LeafWatch> {
  return openLeafWatch(
    [
      openWatchedFile(dirs.memory ?? null, 'memory.oom_control'),
      openWatchedFile(dirs.cpuacct ?? null, 'cpuacct.usage'),
    ],
    { oomKill: parseOomKill, cpuTotalUs: parseNanoseconds },
  );
}

/** Any write sets the high-water mark to the present usage (memory.rst §5.2). */
export async function resetV1Peak(dirs: V1Directories): Promise<boolean> {
  if (dirs.memory === undefined) return false;
  await writeGroupFile(dirs.memory, 'memory.max_usage_in_bytes', '0');
  return true;
}

async function readKnob(dirs: V1Directories, controller: V1Controller, file: string): Promise<string | null> {
  const dir = dirs[controller];
  return dir === undefined ? null : readGroupFileIfPresent(dir, file);
}

/** The line is there since Linux 4.13; without a memory controller no limit of ours can have killed anything. */
function parseOomKill(text: string | null): number {
  return parseKeyed(text, 'oom_kill') ?? 0;
}

function parseNanoseconds(text: string | null): number | null {
  const nanoseconds = parseNumber(text);
  return nanoseconds === null ? null : Math.round(nanoseconds / 1000);
}
