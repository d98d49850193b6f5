import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openV2Meter } from '#cgroup/v2/meter.ts';
import { contentOf, fakeGroup, heldOpen } from '../fake-group.ts';
import { V2_GROUP } from '../fixtures.ts';

async function openMeter(dir: string) {
  const meter = await openV2Meter(dir);
  onTestFinished(() => meter.close());
  return meter;
}

test('usage and events', async () => {
  const meter = await openMeter(await fakeGroup(V2_GROUP));
  expect(await meter.usage()).toEqual({
    memoryPeakBytes: 41943040,
    memoryCurrentBytes: 98304,
    cpuTotalUs: 512345,
    pidsPeak: 20,
  });
  expect(await meter.events()).toEqual({ oomKill: 4, oomGroupKill: 1, pidsMax: 1, cpuThrottled: 9 });
});

test('a group without controllers tells CPU time only', async () => {
  const dir = await fakeGroup({ 'cpu.stat': 'usage_usec 5\nuser_usec 3\nsystem_usec 2\n' });
  const meter = await openMeter(dir);
  expect(await meter.usage()).toEqual({
    memoryPeakBytes: null,
    memoryCurrentBytes: null,
    cpuTotalUs: 5,
    pidsPeak: null,
  });
  expect(await meter.events()).toEqual({
    oomKill: 0,
    oomGroupKill: null,
    pidsMax: null,
    cpuThrottled: null,
  });
  expect(await meter.resetPeak()).toBe(false);
  expect(await heldOpen(dir)).toEqual(['cpu.stat']);
});

test('every answer sees changes through files kept open', async () => {
  const dir = await fakeGroup(V2_GROUP);
  const meter = await openMeter(dir);
  expect(await meter.look()).toEqual({ oomKill: 4, cpuTotalUs: 512345, memoryBytes: null });
  await writeFile(join(dir, 'memory.events'), 'oom 2\noom_kill 6\noom_group_kill 2\n');
  expect(await meter.look()).toEqual({ oomKill: 6, cpuTotalUs: 512345, memoryBytes: null });
  expect(await meter.events()).toMatchObject({ oomKill: 6, oomGroupKill: 2 });
});

test('only what is read is held open, each once, and nothing after close', async () => {
  const dir = await fakeGroup(V2_GROUP);
  const meter = await openMeter(dir);
  expect(await heldOpen(dir)).toEqual([
    'cpu.stat',
    'memory.current',
    'memory.events',
    'memory.peak',
    'pids.events',
    'pids.peak',
  ]);
  await meter.close();
  expect(await heldOpen(dir)).toEqual([]);
  await meter.close();
  await expect(meter.look()).rejects.toMatchObject({ code: 'CGROUP_READ_FAILED' });
});

test('a meter opens all files or none', async () => {
  const dir = await fakeGroup({ ...V2_GROUP });
  await rm(join(dir, 'cpu.stat'));
  await symlink('memory.events', join(dir, 'cpu.stat'));
  await expect(openV2Meter(dir)).rejects.toMatchObject({
    code: 'CGROUP_READ_FAILED',
    details: { path: join(dir, 'cpu.stat'), errno: 'ELOOP' },
  });
  expect(await heldOpen(dir)).toEqual([]);
});

test('resetPeak writes to the handle that usage reads', async () => {
  const dir = await fakeGroup(V2_GROUP);
  const meter = await openMeter(dir);
  expect(await meter.resetPeak()).toBe(true);
  expect(await contentOf(dir, 'memory.peak')).toMatch(/^0/);
  expect((await meter.usage()).memoryPeakBytes).not.toBe(41943040);
});

test('before Linux 5.19 there is no high-water mark, so looks tell the present memory', async () => {
  const { 'memory.peak': _, ...files } = V2_GROUP;
  const meter = await openMeter(await fakeGroup(files));
  expect(await meter.look()).toEqual({ oomKill: 4, cpuTotalUs: 512345, memoryBytes: 98304 });
});
