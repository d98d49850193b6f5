import type { LeafMeter } from '#cgroup/driver.ts';
import { readGroupFileIfPresent } from '#cgroup/files.ts';
import { closeKeptFiles, type KeptFile, openKeptFiles } from '#cgroup/kept-files.ts';
import { parseKeyed, parseNumber } from '#cgroup/parse.ts';
import type { CgroupEvents, CgroupUsage } from '#cgroup/types.ts';
import { readV1Io } from './io.ts';
import type { V1Directories } from './settings.ts';

type Files = Readonly<
  Record<'peak' | 'memory' | 'oom' | 'cpuTotal' | 'throttling' | 'pidsPeak' | 'pids', KeptFile>
>;

export async function openV1Meter(dirs: V1Directories): Promise<LeafMeter> {
  const files: Files = await openKeptFiles({
    peak: { dir: dirs.memory, file: 'memory.max_usage_in_bytes', use: 'update' },
    memory: { dir: dirs.memory, file: 'memory.usage_in_bytes' },
    oom: { dir: dirs.memory, file: 'memory.oom_control' },
    cpuTotal: { dir: dirs.cpuacct, file: 'cpuacct.usage' },
    throttling: { dir: dirs.cpu, file: 'cpu.stat' },
    pidsPeak: { dir: dirs.pids, file: 'pids.peak' },
    pids: { dir: dirs.pids, file: 'pids.events' },
  });
  return {
    usage: () => readUsage(files),
    events: () => readEvents(files),
    look: async () => {
      const [oom, cpuTotal] = await Promise.all([files.oom.read(), files.cpuTotal.read()]);
      return { oomKill: parseOomKill(oom), cpuTotalUs: parseNanoseconds(cpuTotal), memoryBytes: null };
    },
    present: async () => {
      const pids = dirs.pids === undefined ? null : await readGroupFileIfPresent(dirs.pids, 'pids.current');
      return { pids: parseNumber(pids), io: await readV1Io(dirs.blkio) };
    },
    // Any write sets the high-water mark to the present usage (memory.rst §5.2).
    resetPeak: () => files.peak.write('0'),
    close: () => closeKeptFiles(files),
  };
}

async function readUsage(files: Files): Promise<CgroupUsage> {
  const [peak, memory, cpuTotal, pidsPeak] = await Promise.all([
    files.peak.read(),
    files.memory.read(),
    files.cpuTotal.read(),
    files.pidsPeak.read(),
  ]);
  return {
    memoryPeakBytes: parseNumber(peak),
    memoryCurrentBytes: parseNumber(memory),
    cpuTotalUs: parseNanoseconds(cpuTotal),
    pidsPeak: parseNumber(pidsPeak),
  };
}

async function readEvents(files: Files): Promise<CgroupEvents> {
  const [oom, pids, throttling] = await Promise.all([
    files.oom.read(),
    files.pids.read(),
    files.throttling.read(),
  ]);
  return {
    oomKill: parseOomKill(oom),
    oomGroupKill: null,
    pidsMax: parseKeyed(pids, 'max'),
    cpuThrottled: parseKeyed(throttling, 'nr_throttled'),
  };
}

/** The line is there since Linux 4.13; without a memory controller no limit of ours can have killed anything. */
function parseOomKill(text: string | null): number {
  return parseKeyed(text, 'oom_kill') ?? 0;
}

function parseNanoseconds(text: string | null): number | null {
  const nanoseconds = parseNumber(text);
  return nanoseconds === null ? null : Math.round(nanoseconds / 1000);
}
