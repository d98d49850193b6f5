import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openV1Meter } from '#cgroup/v1/meter.ts';
import type { V1Directories } from '#cgroup/v1/settings.ts';
import { contentOf, fakeGroup, heldOpen } from '../fake-group.ts';
import { V1_CPU, V1_CPUACCT, V1_MEMORY, V1_PIDS } from '../fixtures.ts';

async function fakeDirs() {
  const [memory, pids, cpu, cpuacct] = await Promise.all(
    [V1_MEMORY, V1_PIDS, V1_CPU, V1_CPUACCT].map(fakeGroup),
  );
  if (!memory || !pids || !cpu || !cpuacct) throw new Error('fixture');
  return { memory, pids, cpu, cpuacct };
}

async function openMeter(dirs: V1Directories) {
  const meter = await openV1Meter(dirs);
  onTestFinished(() => meter.close());
  return meter;
}

async function allHeld(dirs: V1Directories): Promise<readonly string[]> {
  return (await Promise.all(Object.values(dirs).map(heldOpen))).flat();
}

test('usage in bytes and microseconds', async () => {
  const meter = await openMeter(await fakeDirs());
  expect(await meter.usage()).toEqual({
    memoryPeakBytes: 67108864,
    memoryCurrentBytes: 1228800,
    cpuTotalUs: 123457,
    pidsPeak: 16,
  });
});

test('events', async () => {
  const meter = await openMeter(await fakeDirs());
  expect(await meter.events()).toEqual({ oomKill: 3, oomGroupKill: null, pidsMax: 1, cpuThrottled: 7 });
});

test('what an old kernel does not tell is null', async () => {
  const dirs = await fakeDirs();
  await rm(join(dirs.pids, 'pids.peak'));
  await rm(join(dirs.pids, 'pids.events'));
  const meter = await openMeter(dirs);
  expect(await meter.usage()).toMatchObject({ pidsPeak: null, memoryPeakBytes: 67108864 });
  expect(await meter.events()).toMatchObject({ pidsMax: null, oomKill: 3 });
});

test('a controller that is not used is null, and its OOM count is 0', async () => {
  const meter = await openMeter({ pids: await fakeGroup(V1_PIDS) });
  expect(await meter.usage()).toMatchObject({ memoryPeakBytes: null, cpuTotalUs: null, pidsPeak: 16 });
  expect(await meter.events()).toMatchObject({ oomKill: 0, cpuThrottled: null });
  expect(await meter.look()).toEqual({ oomKill: 0, cpuTotalUs: null, memoryBytes: null });
  expect(await meter.resetPeak()).toBe(false);
});

test('every answer sees changes through files kept open', async () => {
  const dirs = await fakeDirs();
  const meter = await openMeter(dirs);
  expect(await meter.look()).toEqual({ oomKill: 3, cpuTotalUs: 123457, memoryBytes: null });
  await writeFile(join(dirs.memory, 'memory.oom_control'), 'oom_kill_disable 0\nunder_oom 0\noom_kill 14\n');
  await writeFile(join(dirs.cpuacct, 'cpuacct.usage'), '5000\n');
  expect(await meter.look()).toEqual({ oomKill: 14, cpuTotalUs: 5, memoryBytes: null });
  expect(await meter.usage()).toMatchObject({ cpuTotalUs: 5 });
  expect(await meter.events()).toMatchObject({ oomKill: 14 });
});

test('only what is read is held open, and nothing after close', async () => {
  const dirs = await fakeDirs();
  const meter = await openMeter(dirs);
  expect(await allHeld(dirs)).toEqual([
    'memory.max_usage_in_bytes',
    'memory.oom_control',
    'memory.usage_in_bytes',
    'pids.events',
    'pids.peak',
    'cpu.stat',
    'cpuacct.usage',
  ]);
  await meter.close();
  expect(await allHeld(dirs)).toEqual([]);
  await meter.close();
  await expect(meter.usage()).rejects.toMatchObject({ code: 'CGROUP_READ_FAILED' });
});

test('a meter opens all files or none', async () => {
  const dirs = await fakeDirs();
  await rm(join(dirs.cpuacct, 'cpuacct.usage'));
  await symlink('tasks', join(dirs.cpuacct, 'cpuacct.usage'));
  await expect(openV1Meter(dirs)).rejects.toMatchObject({
    code: 'CGROUP_READ_FAILED',
    details: { path: join(dirs.cpuacct, 'cpuacct.usage'), errno: 'ELOOP' },
  });
  expect(await allHeld(dirs)).toEqual([]);
});

test('resetPeak writes the high-water mark', async () => {
  const dirs = await fakeDirs();
  const meter = await openMeter(dirs);
  expect(await meter.resetPeak()).toBe(true);
  expect(await contentOf(dirs.memory, 'memory.max_usage_in_bytes')).toMatch(/^0/);
});
