import { expect, test } from 'vitest';
import { readV1Account } from '#cgroup/v1/account.ts';
import { fakeGroup } from '../fake-group.ts';
import { V1_CPU, V1_CPUACCT, V1_MEMORY, V1_PIDS } from '../fixtures.ts';

test('memory, pids and cpu as on version 2', async () => {
  const dirs = {
    memory: await fakeGroup({ ...V1_MEMORY, 'memory.failcnt': '5\n' }),
    pids: await fakeGroup(V1_PIDS),
    cpu: await fakeGroup(V1_CPU),
    cpuacct: await fakeGroup(V1_CPUACCT),
  };
  expect(await readV1Account(dirs)).toMatchObject({
    memory: { peakBytes: 67108864, max: 5, oomKill: 3, oomGroupKill: null },
    cpu: { totalUs: 123457, userUs: 100000, systemUs: 23456, periods: 41, throttled: 7, throttledUs: 301346 },
    pids: { max: null, peak: 16, refused: 1 },
    io: null,
  });
});

test('a hierarchy that is not used tells nothing', async () => {
  const { memory, cpu } = await readV1Account({});
  expect([memory.oomKill, cpu.totalUs, cpu.throttledUs]).toEqual([null, null, null]);
});
