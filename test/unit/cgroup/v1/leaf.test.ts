import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createV1Leaf } from '#cgroup/v1/leaf.ts';
import { contentOf, fakeGroup, tempDirectory } from '../fake-group.ts';
import { V1_CPU, V1_CPUACCT, V1_MEMORY, V1_PIDS } from '../fixtures.ts';

async function fakeLeaf() {
  const [memory, pids, cpu, cpuacct] = await Promise.all(
    [V1_MEMORY, V1_PIDS, V1_CPU, V1_CPUACCT].map(fakeGroup),
  );
  if (!memory || !pids || !cpu || !cpuacct) throw new Error('fixture');
  const dirs = { memory, pids, cpu, cpuacct };
  return { dirs, leaf: createV1Leaf('warder-a-1', dirs) };
}

test('processes join through tasks of every hierarchy', async () => {
  const { dirs, leaf } = await fakeLeaf();
  expect(leaf.joinPaths).toEqual(Object.values(dirs).map((dir) => join(dir, 'tasks')));
});

test('co-mounted controllers are joined once', async () => {
  const cpu = await tempDirectory();
  expect(createV1Leaf('warder-a-1', { cpu, cpuacct: cpu }).joinPaths).toEqual([join(cpu, 'tasks')]);
});

test('kill gives up at its deadline, stops forks, and spares itself and pid 0', async () => {
  const { dirs, leaf } = await fakeLeaf();
  await writeFile(join(dirs.pids, 'cgroup.procs'), `0\n${process.pid}\n`);
  expect(await leaf.kill(60)).toBe(false);
  expect(await contentOf(dirs.pids, 'pids.max')).toMatch(/^0/);
});

test('an empty leaf is killed at once, and pids.max stays as it was', async () => {
  const { dirs, leaf } = await fakeLeaf();
  expect(await leaf.kill()).toBe(true);
  expect(await contentOf(dirs.pids, 'pids.max')).toBe('max\n');
});

test('removing a leaf that is gone is no error', async () => {
  const gone = join(await tempDirectory(), 'leaf');
  await createV1Leaf('warder-a-1', { memory: gone }).remove();
});

test('remove says which directory stayed busy', async () => {
  // A file in a plain directory makes rmdir fail, as a process in a group does.
  const memory = await fakeGroup(V1_MEMORY);
  await expect(createV1Leaf('warder-a-1', { memory }).remove(30)).rejects.toMatchObject({
    code: 'CGROUP_REMOVE_FAILED',
    details: { path: memory, errno: 'EBUSY' },
  });
  expect(await contentOf(memory, 'tasks')).toBe('');
});

test('unthrottle lifts the quota, and does nothing where there is none', async () => {
  const { dirs, leaf } = await fakeLeaf();
  await writeFile(join(dirs.cpu, 'cpu.cfs_quota_us'), '50000\n');
  await leaf.unthrottle();
  // A plain file is not cut by the write, as a knob is.
  expect(await contentOf(dirs.cpu, 'cpu.cfs_quota_us')).toMatch(/^-1/);
  await createV1Leaf('warder-a-1', { memory: dirs.memory }).unthrottle();
  await createV1Leaf('warder-a-1', { cpu: '/nonexistent' }).unthrottle();
});
