import { readGroupFileIfPresent } from '#cgroup/files.ts';
import { parseKeyed, parseNumber } from '#cgroup/parse.ts';
import type { CgroupAccount } from '#util/cgroup-account.ts';
import { readV1Io } from './io.ts';
import type { V1Directories } from './settings.ts';

/** What the hierarchies of version 1 count of memory, pids and cpu; they know no pressure. */
export async function readV1Account(dirs: V1Directories): Promise<CgroupAccount> {
  const read = async (dir: string | undefined, file: string): Promise<string | null> =>
    dir === undefined ? null : readGroupFileIfPresent(dir, file);
  const [memoryMax, peak, failures, oom, cpu, total, user, system, pidsMax, pidsPeak, pidsEvents] =
    await Promise.all([
      read(dirs.memory, 'memory.limit_in_bytes'),
      read(dirs.memory, 'memory.max_usage_in_bytes'),
      read(dirs.memory, 'memory.failcnt'),
      read(dirs.memory, 'memory.oom_control'),
      read(dirs.cpu, 'cpu.stat'),
      read(dirs.cpuacct, 'cpuacct.usage'),
      read(dirs.cpuacct, 'cpuacct.usage_user'),
      read(dirs.cpuacct, 'cpuacct.usage_sys'),
      read(dirs.pids, 'pids.max'),
      read(dirs.pids, 'pids.peak'),
      read(dirs.pids, 'pids.events'),
    ]);
  return {
    memory: {
      maxBytes: parseNumber(memoryMax),
      peakBytes: parseNumber(peak),
      max: parseNumber(failures),
      oom: null,
      oomKill: parseKeyed(oom, 'oom_kill'),
      oomGroupKill: null,
    },
    cpu: {
      totalUs: toMicroseconds(parseNumber(total)),
      userUs: toMicroseconds(parseNumber(user)),
      systemUs: toMicroseconds(parseNumber(system)),
      periods: parseKeyed(cpu, 'nr_periods'),
      throttled: parseKeyed(cpu, 'nr_throttled'),
      throttledUs: toMicroseconds(parseKeyed(cpu, 'throttled_time')),
    },
    pids: {
      max: parseNumber(pidsMax),
      peak: parseNumber(pidsPeak),
      refused: parseKeyed(pidsEvents, 'max'),
    },
    io: await readV1Io(dirs.blkio),
    pressure: { cpu: null, memory: null, io: null },
  };
}

function toMicroseconds(nanoseconds: number | null): number | null {
  return nanoseconds === null ? null : Math.round(nanoseconds / 1000);
}
