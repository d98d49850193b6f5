import { expect, test } from 'vitest';
import { closeKeptFiles, openKeptFiles } from '#cgroup/kept-files.ts';
import { fakeGroup, heldOpen } from './fake-group.ts';

test('what is not used or does not exist reads as null and takes no write', async () => {
  const dir = await fakeGroup({});
  const files = await openKeptFiles({
    unused: { dir: undefined, file: 'memory.peak' },
    missing: { dir, file: 'memory.peak', use: 'update' },
  });
  for (const file of Object.values(files)) {
    expect(await file.read()).toBeNull();
    expect(await file.write('0')).toBe(false);
  }
  await closeKeptFiles(files);
});

// EBADF: the handle of a file that was opened for reading only.
test('a handle for reading takes no write, and still reads', async () => {
  const dir = await fakeGroup({ 'memory.peak': '7\n' });
  const files = await openKeptFiles({ peak: { dir, file: 'memory.peak', use: 'read' } });
  expect(await files.peak.write('0')).toBe(false);
  expect(await files.peak.read()).toBe('7\n');
  await closeKeptFiles(files);
});

// sysfs lets nobody open a file for writing that has no write method, as memory.peak is refused to all but root.
test('where writing is refused by open, the file is read all the same', async () => {
  const files = await openKeptFiles({ seqnum: { dir: '/sys/kernel', file: 'uevent_seqnum', use: 'update' } });
  expect(await files.seqnum.write('0')).toBe(false);
  expect(await files.seqnum.read()).toMatch(/^\d+$/m);
  await closeKeptFiles(files);
});

test('a write that fails for another reason is an error', async () => {
  const files = await openKeptFiles({ full: { dir: '/dev', file: 'full', use: 'update' } });
  await expect(files.full.write('0')).rejects.toMatchObject({
    code: 'CGROUP_WRITE_FAILED',
    details: { path: '/dev/full', data: '0', errno: 'ENOSPC' },
  });
  await closeKeptFiles(files);
});

test('close waits for a reading under way', async () => {
  const dir = await fakeGroup({ 'cpu.stat': 'usage_usec 1\n' });
  const files = await openKeptFiles({ cpu: { dir, file: 'cpu.stat' } });
  const reading = files.cpu.read();
  await closeKeptFiles(files);
  expect(await reading).toBe('usage_usec 1\n');
  expect(await heldOpen(dir)).toEqual([]);
});
