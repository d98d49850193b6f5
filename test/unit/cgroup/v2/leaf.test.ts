import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createV2Leaf } from '#cgroup/v2/leaf.ts';
import { contentOf, fakeGroup } from '../fake-group.ts';
import { V2_GROUP } from '../fixtures.ts';

async function fakeLeaf() {
  const dir = await fakeGroup(V2_GROUP);
  return { dir, leaf: createV2Leaf('warder-a-1', dir) };
}

test('usage and events', async () => {
  const { leaf } = await fakeLeaf();
  expect(await leaf.readUsage()).toEqual({
    memoryPeakBytes: 41943040,
    memoryCurrentBytes: 98304,
    cpuUserUs: 400000,
    cpuSystemUs: 112345,
    cpuTotalUs: 512345,
    pidsPeak: 20,
  });
  expect(await leaf.readEvents()).toEqual({ oomKill: 4, oomGroupKill: 1, pidsMax: 1, cpuThrottled: 9 });
  expect(await leaf.resetPeak()).toBe(false);
});

test('a group without controllers tells CPU time only', async () => {
  const dir = await fakeGroup({ 'cpu.stat': 'usage_usec 5\nuser_usec 3\nsystem_usec 2\n' });
  const leaf = createV2Leaf('warder-a-1', dir);
  expect(await leaf.readUsage()).toEqual({
    memoryPeakBytes: null,
    memoryCurrentBytes: null,
    cpuUserUs: 3,
    cpuSystemUs: 2,
    cpuTotalUs: 5,
    pidsPeak: null,
  });
  expect(await leaf.readEvents()).toEqual({
    oomKill: 0,
    oomGroupKill: null,
    pidsMax: null,
    cpuThrottled: null,
  });
});

test('the watch sees changes through files kept open', async () => {
  const { dir, leaf } = await fakeLeaf();
  const watch = await leaf.openWatch();
  expect(await watch.read()).toEqual({ oomKill: 4, cpuTotalUs: 512345 });
  await writeFile(join(dir, 'memory.events'), 'oom 2\noom_kill 6\noom_group_kill 2\n');
  expect(await watch.read()).toEqual({ oomKill: 6, cpuTotalUs: 512345 });
  await watch.close();
});

test('a watch opens both files or none', async () => {
  const dir = await fakeGroup({ 'memory.events': 'oom_kill 0\n' });
  await symlink('memory.events', join(dir, 'cpu.stat'));
  await expect(createV2Leaf('warder-a-1', dir).openWatch()).rejects.toMatchObject({
    code: 'CGROUP_READ_FAILED',
    details: { path: join(dir, 'cpu.stat'), errno: 'ELOOP' },
  });
});

test('processes join through cgroup.procs', async () => {
  const { dir, leaf } = await fakeLeaf();
  const [handle] = await leaf.openJoinFds();
  await handle?.write('0');
  await handle?.close();
  expect(await contentOf(dir, 'cgroup.procs')).toBe('0');
});

test('kill is one write, and waits for the group to be empty', async () => {
  const { dir, leaf } = await fakeLeaf();
  expect(await leaf.kill()).toBe(true);
  expect(await contentOf(dir, 'cgroup.kill')).toBe('1');
  await writeFile(join(dir, 'cgroup.events'), 'populated 1\nfrozen 0\n');
  expect(await leaf.kill(30)).toBe(false);
});

test('without cgroup.kill the processes are killed one by one', async () => {
  const { dir, leaf } = await fakeLeaf();
  await rm(join(dir, 'cgroup.kill'));
  expect(await leaf.kill()).toBe(true);
  await writeFile(join(dir, 'cgroup.procs'), `${process.pid}\n`);
  expect(await leaf.kill(30)).toBe(false);
});
