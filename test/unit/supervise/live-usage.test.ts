import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LeafMeter } from '#cgroup/driver.ts';
import type { LiveUsage } from '#result/live-usage.ts';
import { tellUsage, type UsageReader } from '#supervise/live-usage.ts';

const BASELINE = { memoryPeakBytes: 2000, memoryCurrentBytes: 1000, cpuTotalUs: 500, pidsPeak: 3 };
const NOW = { memoryPeakBytes: 9000, memoryCurrentBytes: 6000, cpuTotalUs: 2500, pidsPeak: 5 };
const IO = { readBytes: 4096, writtenBytes: 0, reads: 1, writes: 0 };
const PRESENT = { pids: 4, io: IO };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function told(changes: Partial<UsageReader>): Promise<LiveUsage[]> {
  const list: LiveUsage[] = [];
  const meter = { usage: async () => NOW, present: async () => PRESENT } as unknown as LeafMeter;
  const onUsage = (usage: LiveUsage) => void list.push(usage);
  const reader = { meter, driver: 'v2', baseline: BASELINE, sampled: () => null, startedAt: 0 } as const;
  const stop = tellUsage({ ...reader, ...changes }, onUsage);
  await vi.advanceTimersByTimeAsync(2500);
  await stop();
  await vi.advanceTimersByTimeAsync(5000);
  return list;
}

test('once a second, without what was there before, until it is stopped', async () => {
  const list = await told({});
  expect(list).toHaveLength(2);
  expect(list[0]).toMatchObject({
    ...{
      cpuMs: 2,
      memoryBytes: 5000,
      memoryPeakBytes: 9000,
      pidsPeak: 3,
      pids: 2,
      io: IO,
      source: 'cgroup2',
    },
  });
});

test('the source is the driver, or the samples where there is no leaf', async () => {
  expect((await told({ driver: 'v1' }))[0]?.source).toBe('cgroup1');
  const sampled = () => ({ memoryBytes: 70, cpuMs: 3 });
  const [usage] = await told({ meter: null, driver: null, sampled });
  expect(usage).toMatchObject({ memoryBytes: 70, cpuMs: 3, pidsPeak: null, source: 'pidusage' });
  expect(await told({ meter: null, driver: null })).toEqual([]);
});

test('what nobody counts is null, and a failing leaf or listener ends nothing', async () => {
  const nothing = { memoryPeakBytes: null, memoryCurrentBytes: null, cpuTotalUs: null, pidsPeak: null };
  const untold = async () => ({ pids: null, io: null });
  const silent = { usage: async () => nothing, present: untold } as unknown as LeafMeter;
  expect((await told({ meter: silent }))[0]).toMatchObject({
    cpuMs: null,
    memoryBytes: null,
    pidsPeak: null,
    pids: null,
    io: null,
  });
  let calls = 0;
  const failing = {
    usage: () => {
      calls++;
      return Promise.reject(new Error('gone'));
    },
    present: async () => PRESENT,
  } as unknown as LeafMeter;
  await told({ meter: failing });
  expect(calls).toBe(2);
});
