import type { LeafMeter } from '#cgroup/driver.ts';
import { readGroupFileIfPresent } from '#cgroup/files.ts';
import { closeKeptFiles, type KeptFile, openKeptFiles } from '#cgroup/kept-files.ts';
import { parseKeyed, parseNumber } from '#cgroup/parse.ts';
import type { CgroupEvents, CgroupUsage } from '#cgroup/types.ts';
import { parseIo } from './account.ts';

type Files = Readonly<
  Record<'peak' | 'memory' | 'memoryEvents' | 'cpu' | 'pidsPeak' | 'pidsEvents', KeptFile>
>;

export async function openV2Meter(dir: string): Promise<LeafMeter> {
  const files: Files = await openKeptFiles({
    // Since Linux 5.19; pids.peak since 6.1.
    peak: { dir, file: 'memory.peak', use: 'update' },
    memory: { dir, file: 'memory.current' },
    memoryEvents: { dir, file: 'memory.events' },
    cpu: { dir, file: 'cpu.stat' },
    pidsPeak: { dir, file: 'pids.peak' },
    pidsEvents: { dir, file: 'pids.events' },
  });
  const hasPeak = (await files.peak.read()) !== null;
  return {
    usage: () => readUsage(files),
    events: () => readEvents(files),
    look: async () => {
      const [events, cpu, memory] = await Promise.all([
        files.memoryEvents.read(),
        files.cpu.read(),
        hasPeak ? null : files.memory.read(),
      ]);
      const memoryBytes = parseNumber(memory);
      return { oomKill: parseOomKill(events), cpuTotalUs: parseCpuTotal(cpu), memoryBytes };
    },
    present: async () => {
      const [pids, io] = await Promise.all([
        readGroupFileIfPresent(dir, 'pids.current'),
        readGroupFileIfPresent(dir, 'io.stat'),
      ]);
      return { pids: parseNumber(pids), io: parseIo(io) };
    },
    // Since Linux 6.12, for readers of the same open file only (cgroup-v2.rst, memory.peak); before that, EINVAL.
    resetPeak: () => files.peak.write('0'),
    close: () => closeKeptFiles(files),
  };
}

async function readUsage(files: Files): Promise<CgroupUsage> {
  const [peak, memory, cpu, pidsPeak] = await Promise.all([
    files.peak.read(),
    files.memory.read(),
    files.cpu.read(),
    files.pidsPeak.read(),
  ]);
  return {
    memoryPeakBytes: parseNumber(peak),
    memoryCurrentBytes: parseNumber(memory),
    cpuTotalUs: parseCpuTotal(cpu),
    pidsPeak: parseNumber(pidsPeak),
  };
}

async function readEvents(files: Files): Promise<CgroupEvents> {
  const [memory, pids, cpu] = await Promise.all([
    files.memoryEvents.read(),
    files.pidsEvents.read(),
    files.cpu.read(),
  ]);
  return {
    oomKill: parseOomKill(memory),
    oomGroupKill: parseKeyed(memory, 'oom_group_kill'),
    pidsMax: parseKeyed(pids, 'max'),
    cpuThrottled: parseKeyed(cpu, 'nr_throttled'),
  };
}

function parseOomKill(text: string | null): number {
  return parseKeyed(text, 'oom_kill') ?? 0;
}

function parseCpuTotal(text: string | null): number | null {
  return parseKeyed(text, 'usage_usec');
}
