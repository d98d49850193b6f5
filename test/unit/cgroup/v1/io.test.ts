import { expect, test } from 'vitest';
import { readV1Io } from '#cgroup/v1/io.ts';
import { fakeGroup } from '../fake-group.ts';

/** As Linux 6.1 writes them; both files end in a total over all devices. */
const table = (read: number, write: number) =>
  `8:0 Read ${read}\n8:0 Write ${write}\n8:0 Sync ${read}\n8:0 Async ${write}\n8:0 Discard 0\n8:0 Total ${read + write}\n`;

test('sums over the disks, by kind', async () => {
  const dir = await fakeGroup({
    'blkio.throttle.io_service_bytes': `${table(4096, 512)}${table(1, 2).replaceAll('8:0', '254:16')}Total 4611\n`,
    'blkio.throttle.io_serviced': `${table(3, 1)}Total 4\n`,
  });
  expect(await readV1Io(dir)).toEqual({ readBytes: 4097, writtenBytes: 514, reads: 3, writes: 1 });
});

test('nothing is told without the group, or by a kernel without throttling', async () => {
  expect(await readV1Io(undefined)).toBeNull();
  expect(await readV1Io(await fakeGroup({}))).toBeNull();
});
