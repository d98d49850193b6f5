import { readGroupFileIfPresent } from '#cgroup/files.ts';
import { parseKeyed, parseNumber } from '#cgroup/parse.ts';
import type { CgroupAccount, Pressure } from '#util/cgroup-account.ts';

const FILES = {
  memoryMax: 'memory.max',
  memoryPeak: 'memory.peak',
  memoryEvents: 'memory.events',
  cpu: 'cpu.stat',
  pidsMax: 'pids.max',
  pidsPeak: 'pids.peak',
  pidsEvents: 'pids.events',
  io: 'io.stat',
  cpuPressure: 'cpu.pressure',
  memoryPressure: 'memory.pressure',
  ioPressure: 'io.pressure',
} as const;

type Texts = Readonly<Record<keyof typeof FILES, string | null>>;

/** Read once, at the end of a run; rejects with CGROUP_READ_FAILED. */
export async function readV2Account(dir: string): Promise<CgroupAccount> {
  const entries = Object.entries(FILES).map(async ([key, file]) => {
    return [key, await readGroupFileIfPresent(dir, file)] as const;
  });
  return toAccount(Object.fromEntries(await Promise.all(entries)) as Texts);
}

function toAccount(texts: Texts): CgroupAccount {
  const { memoryEvents, cpu } = texts;
  return {
    memory: {
      maxBytes: parseNumber(texts.memoryMax),
      peakBytes: parseNumber(texts.memoryPeak),
      max: parseKeyed(memoryEvents, 'max'),
      oom: parseKeyed(memoryEvents, 'oom'),
      oomKill: parseKeyed(memoryEvents, 'oom_kill'),
      oomGroupKill: parseKeyed(memoryEvents, 'oom_group_kill'),
    },
    cpu: {
      totalUs: parseKeyed(cpu, 'usage_usec'),
      userUs: parseKeyed(cpu, 'user_usec'),
      systemUs: parseKeyed(cpu, 'system_usec'),
      periods: parseKeyed(cpu, 'nr_periods'),
      throttled: parseKeyed(cpu, 'nr_throttled'),
      throttledUs: parseKeyed(cpu, 'throttled_usec'),
    },
    pids: {
      max: parseNumber(texts.pidsMax),
      peak: parseNumber(texts.pidsPeak),
      refused: parseKeyed(texts.pidsEvents, 'max'),
    },
    io: parseIo(texts.io),
    pressure: {
      cpu: parsePressure(texts.cpuPressure),
      memory: parsePressure(texts.memoryPressure),
      io: parsePressure(texts.ioPressure),
    },
  };
}

/** A "nested keyed" file: `MAJ:MIN rbytes=1 wbytes=2 rios=3 wios=4 …`, one line for each device that was used. */
export function parseIo(text: string | null): CgroupAccount['io'] {
  if (text === null) return null;
  const sum = (key: string): number => {
    const values = [...text.matchAll(new RegExp(`\\b${key}=(\\d+)`, 'g'))];
    return values.reduce((total, [, value]) => total + Number(value), 0);
  };
  return {
    readBytes: sum('rbytes'),
    writtenBytes: sum('wbytes'),
    reads: sum('rios'),
    writes: sum('wios'),
  };
}

/** `some avg10=0.00 … total=123` and `full …`; cpu.pressure has no `full` line before Linux 5.13. */
function parsePressure(text: string | null): Pressure | null {
  const total = (line: string): number | null => {
    const match = new RegExp(`^${line} .*\\btotal=(\\d+)`, 'm').exec(text ?? '');
    return match === null ? null : Number(match[1]);
  };
  const someUs = total('some');
  return someUs === null ? null : { someUs, fullUs: total('full') };
}
