import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createV2Driver } from '#cgroup/v2/driver.ts';
import { contentOf, fakeMake, tempDirectory } from '../fake-group.ts';

const KNOBS = {
  'memory.max': '',
  'memory.swap.max': '',
  'memory.oom.group': '',
  'pids.max': '',
  'cpu.max': '',
};
const SETTINGS = { memoryBytes: 4096, swapBytes: 0, pidsMax: 8, cpu: { quotaUs: 1000, periodUs: 2000 } };
const CONTROLLERS = ['memory', 'pids', 'cpu'];

test('the limits are written before the leaf is handed out', async () => {
  const parent = await tempDirectory();
  const leaf = await createV2Driver(parent, CONTROLLERS, { make: fakeMake(KNOBS) }).createLeaf(
    'warder-a-1',
    SETTINGS,
  );
  const dir = join(parent, 'warder-a-1');
  expect(leaf.directories).toEqual([dir]);
  expect(await contentOf(dir, 'memory.max')).toBe('4096');
  expect(await contentOf(dir, 'memory.swap.max')).toBe('0');
  expect(await contentOf(dir, 'memory.oom.group')).toBe('1');
  expect(await contentOf(dir, 'pids.max')).toBe('8');
  expect(await contentOf(dir, 'cpu.max')).toBe('1000 2000');
});

test('a leaf whose knobs do not exist is removed again', async () => {
  const parent = await tempDirectory();
  const driver = createV2Driver(parent, CONTROLLERS);
  await expect(driver.createLeaf('warder-a-1', { ...SETTINGS, swapBytes: null })).rejects.toMatchObject({
    code: 'CGROUP_WRITE_FAILED',
    details: { path: join(parent, 'warder-a-1/memory.max'), data: '4096', errno: 'ENOENT' },
  });
  expect(await readdir(parent)).toEqual([]);
});

test('without swap accounting a swap limit is refused rather than skipped', async () => {
  const { 'memory.swap.max': _, ...files } = KNOBS;
  const driver = createV2Driver(await tempDirectory(), CONTROLLERS, { make: fakeMake(files) });
  await expect(driver.createLeaf('warder-a-1', SETTINGS)).rejects.toMatchObject({
    code: 'HOST_CONTROL_UNENFORCEABLE',
    details: { controls: [{ control: 'swap' }] },
  });
  await expect(driver.createLeaf('warder-a-2', { ...SETTINGS, swapBytes: null })).resolves.toBeDefined();
});

test('a control that is refused makes no directory', async () => {
  const parent = await tempDirectory();
  const created = createV2Driver(parent, ['memory']).createLeaf('warder-a-1', SETTINGS);
  await expect(created).rejects.toMatchObject({ code: 'HOST_CONTROL_UNENFORCEABLE' });
  expect(await readdir(parent)).toEqual([]);
});
