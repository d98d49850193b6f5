import { expect, test } from 'vitest';
import { readV2Account } from '#cgroup/v2/account.ts';
import { fakeGroup } from '../fake-group.ts';
import { V2_GROUP } from '../fixtures.ts';

test('everything that a group counts', async () => {
  const dir = await fakeGroup({ ...V2_GROUP, 'memory.max': '41943040\n', 'pids.max': '20\n' });
  expect(await readV2Account(dir)).toEqual({
    memory: { maxBytes: 41943040, peakBytes: 41943040, max: 62, oom: 1, oomKill: 4, oomGroupKill: 1 },
    cpu: {
      ...{ totalUs: 512345, userUs: 400000, systemUs: 112345 },
      ...{ periods: 12, throttled: 9, throttledUs: 402113 },
    },
    pids: { max: 20, peak: 20, refused: 1 },
    io: { readBytes: 5096, writtenBytes: 8192, reads: 4, writes: 2 },
    pressure: { cpu: { someUs: 77, fullUs: null }, memory: { someUs: 120, fullUs: 100 }, io: null },
  });
});

test('a group without controllers tells nothing, and zero is not nothing', async () => {
  const account = await readV2Account(await fakeGroup({}));
  expect(account.memory.oomKill).toBeNull();
  expect(account.io).toBeNull();
  expect(account.pressure).toEqual({ cpu: null, memory: null, io: null });
  const unused = await readV2Account(await fakeGroup({ 'io.stat': '' }));
  expect(unused.io).toEqual({ readBytes: 0, writtenBytes: 0, reads: 0, writes: 0 });
});
