import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createV1Driver } from '#cgroup/v1/driver.ts';
import { contentOf, fakeMake, fill, type GroupFiles, tempDirectory } from '../fake-group.ts';

const KNOBS = {
  'memory.limit_in_bytes': '',
  'memory.memsw.limit_in_bytes': '',
  'pids.max': '',
  'cpu.cfs_period_us': '',
  'cpu.cfs_quota_us': '',
};
const SETTINGS = {
  memoryBytes: 4096,
  swapBytes: 0,
  pidsMax: 8,
  cpu: { quotaUs: 1000, periodUs: 2000 },
};

async function fakeDriver(files: GroupFiles = KNOBS) {
  const [memory, pids, cpu] = await Promise.all([tempDirectory(), tempDirectory(), tempDirectory()]);
  const parents = { memory, pids, cpu, cpuacct: cpu };
  return { parents, driver: createV1Driver(parents, { make: fakeMake(files) }) };
}

test('a leaf has one directory per hierarchy and its limits are written', async () => {
  const { parents, driver } = await fakeDriver();
  const leaf = await driver.createLeaf('warder-a-1', SETTINGS);
  const dirs = [parents.memory, parents.pids, parents.cpu];
  expect(driver.parents).toEqual(dirs);
  expect(leaf.directories).toEqual(dirs.map((dir) => join(dir, 'warder-a-1')));
  const [memory = '', pids = '', cpu = ''] = leaf.directories;
  expect(await contentOf(memory, 'memory.limit_in_bytes')).toBe('4096');
  expect(await contentOf(memory, 'memory.memsw.limit_in_bytes')).toBe('4096');
  expect(await contentOf(pids, 'pids.max')).toBe('8');
  expect(await contentOf(cpu, 'cpu.cfs_quota_us')).toBe('1000');
});

test('an existing directory in one hierarchy is an error, and only ours are removed', async () => {
  const [memory, pids] = await Promise.all([tempDirectory(), tempDirectory()]);
  const driver = createV1Driver({ memory, pids });
  await fakeMake({})(pids, 'warder-a-1');
  const none = { memoryBytes: null, swapBytes: null, pidsMax: null, cpu: null };
  await expect(driver.createLeaf('warder-a-1', none)).rejects.toMatchObject({
    code: 'CGROUP_CREATE_FAILED',
    details: { path: join(pids, 'warder-a-1'), errno: 'EEXIST' },
  });
  expect(await readdir(memory)).toEqual([]);
  expect(await readdir(pids)).toEqual(['warder-a-1']);
});

test('when a knob cannot be written, the leaf is removed and that error is thrown', async () => {
  const [memory, pids] = await Promise.all([tempDirectory(), tempDirectory()]);
  const driver = createV1Driver({ memory, pids });
  await expect(
    driver.createLeaf('warder-a-1', { ...SETTINGS, swapBytes: null, cpu: null }),
  ).rejects.toMatchObject({
    code: 'CGROUP_WRITE_FAILED',
    details: { errno: 'ENOENT' },
  });
  expect(await readdir(memory)).toEqual([]);
  expect(await readdir(pids)).toEqual([]);
});

test('without swap accounting a swap limit is refused rather than skipped', async () => {
  const { 'memory.memsw.limit_in_bytes': _, ...files } = KNOBS;
  const { driver } = await fakeDriver(files);
  await expect(driver.createLeaf('warder-a-1', SETTINGS)).rejects.toMatchObject({
    code: 'HOST_CONTROL_UNENFORCEABLE',
    details: { controls: [{ control: 'swap' }] },
  });
  await expect(driver.createLeaf('warder-a-2', { ...SETTINGS, swapBytes: null })).resolves.toBeDefined();
});

test('cpuset and blkio are used for a leaf with a limit there, and for no other', async () => {
  const [pids, cpuset, blkio] = await Promise.all([tempDirectory(), tempDirectory(), tempDirectory()]);
  await fill(cpuset, { 'cpuset.mems': '0\n' });
  const files = { 'cpuset.mems': '', 'cpuset.cpus': '', 'blkio.throttle.read_bps_device': '' };
  const listDisks = async () => ['8:0'];
  const driver = createV1Driver({ pids, cpuset, blkio }, { make: fakeMake(files), listDisks });
  expect(driver.parents).toEqual([pids, cpuset, blkio]);
  const none = { memoryBytes: null, swapBytes: null, pidsMax: null, cpu: null };
  const io = { readBytes: 9, writeBytes: null, readOps: null, writeOps: null };
  expect((await driver.createLeaf('plain', none)).directories).toEqual([join(pids, 'plain')]);
  const leaf = await driver.createLeaf('both', { ...none, cpus: [0, 2], io });
  expect(leaf.directories).toEqual([pids, cpuset, blkio].map((parent) => join(parent, 'both')));
  expect(await contentOf(join(cpuset, 'both'), 'cpuset.mems')).toBe('0');
  expect(await contentOf(join(cpuset, 'both'), 'cpuset.cpus')).toBe('0,2');
  expect(await contentOf(join(blkio, 'both'), 'blkio.throttle.read_bps_device')).toBe('8:0 9');
  await leaf.unthrottle();
  // A plain file is not cut by the write, as a knob is.
  expect(await contentOf(join(blkio, 'both'), 'blkio.throttle.read_bps_device')).toBe('8:0 0');
});
