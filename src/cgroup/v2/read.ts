import type { LeafWatch } from '#cgroup/driver.ts';
import { readGroupFileIfPresent } from '#cgroup/files.ts';
import { parseKeyed, parseNumber } from '#cgroup/parse.ts';
import type { CgroupEvents, CgroupUsage } from '#cgroup/types.ts';
import { openLeafWatch, openWatchedFile } from '#cgroup/watch.ts';

export async function readV2Usage(dir: string): Promise<CgroupUsage> {
  const [peak, current, cpu, pidsPeak] = await Promise.all([
    // Since Linux 5.19; pids.peak since 6.1.
    readGroupFileIfPresent(dir, 'memory.peak'),
    readGroupFileIfPresent(dir, 'memory.current'),
    readGroupFileIfPresent(dir, 'cpu.stat'),
    readGroupFileIfPresent(dir, 'pids.peak'),
  ]);
  return {
    memoryPeakBytes: parseNumber(peak),
    memoryCurrentBytes: parseNumber(current),
    cpuUserUs: parseKeyed(cpu, 'user_usec'),
    cpuSystemUs: parseKeyed(cpu, 'system_usec'),
    cpuTotalUs: parseCpuTotal(cpu),
    pidsPeak: parseNumber(pidsPeak),
  };
}

export async function readV2Events(dir: string): Promise<CgroupEvents> {
  const [memory, pids, cpu] = await Promise.all([
    readGroupFileIfPresent(dir, 'memory.events'),
    readGroupFileIfPresent(dir, 'pids.events'),
    readGroupFileIfPresent(dir, 'cpu.stat'),
  ]);
  return {
    oomKill: parseOomKill(memory),
    oomGroupKill: parseKeyed(memory, 'oom_group_kill'),
    pidsMax: parseKeyed(pids, 'max'),
    cpuThrottled: parseKeyed(cpu, 'nr_throttled'),
  };
}

export function openV2Watch(dir: string): Promise<LeafWatch> {
  return openLeafWatch([openWatchedFile(dir, 'memory.events'), openWatchedFile(dir, 'cpu.stat')], {
    oomKill: parseOomKill,
    cpuTotalUs: parseCpuTotal,
  });
}

function parseOomKill(text: string | null): number {
  return parseKeyed(text, 'oom_kill') ?? 0;
}

function parseCpuTotal(text: string | null): number | null {
  return parseKeyed(text, 'usage_usec');
}
