import { afterEach, describe, expect, test } from 'vitest';
import type { LeafLook } from '#cgroup/driver.ts';
import type { FirstCause } from '#result/run-result.ts';
import { CauseRecorder } from '#supervise/first-cause.ts';
import { type WatchOptions, watchLeaf } from '#supervise/watch.ts';
import { delay } from './sockets.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Watches a meter that answers with `look`; the causes that were recorded within a few looks. */
async function causesOf(look: () => Promise<LeafLook>, changes: Partial<WatchOptions> = {}) {
  const told: FirstCause[] = [];
  const causes = new CauseRecorder((cause) => told.push(cause));
  const watch = watchLeaf({ meter: meterOf(look), causes, cpuTimeMs: 100, baselineCpuUs: 1000, ...changes });
  stops.push(watch.stop);
  await delay(100);
  return told;
}

function meterOf(look: () => Promise<LeafLook>): WatchOptions['meter'] {
  const unused = () => Promise.reject(new Error('not asked for'));
  return { look, usage: unused, events: unused, present: unused, resetPeak: unused, close: unused };
}

const answer = (oomKill: number, cpuTotalUs: number | null) => async () => {
  return { oomKill, cpuTotalUs, memoryBytes: null };
};

describe('what is recorded', () => {
  test.each<[string, () => Promise<LeafLook>, Partial<WatchOptions>, FirstCause[]]>([
    ['nothing', answer(0, 5000), {}, []],
    ['the OOM killer', answer(1, 5000), {}, ['memory']],
    ['CPU time beyond the limit', answer(0, 101_001), {}, ['cpuTime']],
    ['not what was there before', answer(0, 101_000), {}, []],
    ['no limit, no cause', answer(0, 9e9), { cpuTimeMs: null }, []],
    ['a leaf that does not count CPU time', answer(0, null), {}, []],
    ['memory before CPU time, when both show at once', answer(1, 9e9), {}, ['memory']],
  ])('%s', async (_, look, changes, expected) => expect(await causesOf(look, changes)).toEqual(expected));
});

test('a look that fails is not the end: the next one counts', async () => {
  let looks = 0;
  const causes = await causesOf(async () => {
    looks++;
    if (looks === 1) throw new Error('EIO');
    return { oomKill: 1, cpuTotalUs: 0, memoryBytes: null };
  });
  expect(causes).toEqual(['memory']);
});

test('one look at a time, and stopping waits for the one under way', async () => {
  let [inside, most, finished] = [0, 0, false];
  const causes = new CauseRecorder(() => {});
  const look = async (): Promise<LeafLook> => {
    inside++;
    most = Math.max(most, inside);
    await delay(60);
    inside--;
    finished = true;
    return { oomKill: 0, cpuTotalUs: 0, memoryBytes: null };
  };
  const { stop } = watchLeaf({ meter: meterOf(look), causes, cpuTimeMs: null, baselineCpuUs: 0 });
  await delay(50);
  expect(finished).toBe(false);
  await stop();
  expect([most, inside, finished]).toEqual([1, 0, true]);
});

test('where the kernel keeps no mark, the highest memory that was seen', async () => {
  const seen = [10, 30, 20];
  const look = async (): Promise<LeafLook> => ({ oomKill: 0, cpuTotalUs: 0, memoryBytes: seen.shift() ?? 0 });
  const causes = new CauseRecorder(() => {});
  const watch = watchLeaf({ meter: meterOf(look), causes, cpuTimeMs: null, baselineCpuUs: 0 });
  expect(watch.memoryPeakBytes()).toBeNull();
  await delay(150);
  await watch.stop();
  expect(watch.memoryPeakBytes()).toBe(30);
});
