import { rm, writeFile } from 'node:fs/promises';
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

test('usage in bytes and microseconds', async () => {
  const { leaf } = await fakeLeaf();
  expect(await leaf.readUsage()).toEqual({
    memoryPeakBytes: 67108864,
    memoryCurrentBytes: 1228800,
    cpuTotalUs: 123457,
    cpuUserUs: 100000,
    cpuSystemUs: 23456,
    pidsPeak: 16,
  });
});

test('events', async () => {
  const { leaf } = await fakeLeaf();
  expect(await leaf.readEvents()).toEqual({ oomKill: 3, oomGroupKill: null, pidsMax: 1, cpuThrottled: 7 });
});

test('what an old kernel does not tell is null', async () => {
  const { dirs, leaf } = await fakeLeaf();
  await rm(join(dirs.pids, 'pids.peak'));
  await rm(join(dirs.pids, 'pids.events'));
  expect(await leaf.readUsage()).toMatchObject({ pidsPeak: null });
  expect(await leaf.readEvents()).toMatchObject({ pidsMax: null });
});

test('a controller that is not used is null, and its OOM count is 0', async () => {
  const leaf = createV1Leaf('warder-a-1', { pids: await fakeGroup(V1_PIDS) });
  expect(await leaf.readUsage()).toMatchObject({ memoryPeakBytes: null, cpuTotalUs: null, pidsPeak: 16 });
  expect(await leaf.readEvents()).toMatchObject({ oomKill: 0, cpuThrottled: null });
  expect(await leaf.resetPeak()).toBe(false);
  const watch = await leaf.openWatch();
  expect(await watch.read()).toEqual({ oomKill: 0, cpuTotalUs: null });
  await watch.close();
});

test('the watch sees changes through files kept open', async () => {
  const { dirs, leaf } = await fakeLeaf();
  const watch = await leaf.openWatch();
  expect(await watch.read()).toEqual({ oomKill: 3, cpuTotalUs: 123457 });
  await writeFile(join(dirs.memory, 'memory.oom_control'), 'oom_kill_disable 0\nunder_oom 0\noom_kill 14\n');
  await writeFile(join(dirs.cpuacct, 'cpuacct.usage'), '5000\n');
  expect(await watch.read()).toEqual({ oomKill: 14, cpuTotalUs: 5 });
  await watch.close();
});

test('join handles lead to tasks of every hierarchy', async () => {
  const { dirs, leaf } = await fakeLeaf();
  const handles = await leaf.openJoinFds();
  await Promise.all(handles.map((handle) => handle.write('0')));
  await Promise.all(handles.map((handle) => handle.close()));
  for (const dir of Object.values(dirs)) expect(await contentOf(dir, 'tasks')).toBe('0');
});

test('join handles are all or nothing', async () => {
  const { dirs, leaf } = await fakeLeaf();
  await rm(join(dirs.cpu, 'tasks'));
  await expect(leaf.openJoinFds()).rejects.toMatchObject({
    code: 'CGROUP_WRITE_FAILED',
    details: { path: join(dirs.cpu, 'tasks'), errno: 'ENOENT' },
  });
});

test('resetPeak writes the high-water mark', async () => {
  const { dirs, leaf } = await fakeLeaf();
  expect(await leaf.resetPeak()).toBe(true);
  expect(await contentOf(dirs.memory, 'memory.max_usage_in_bytes')).toMatch(/^0/);
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
