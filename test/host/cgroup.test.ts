import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { detectCgroups } from '#cgroup/detect.ts';
import type { CgroupDriver, Leaf, LeafMeter } from '#cgroup/driver.ts';
import { closeKeptFiles, openKeptFiles } from '#cgroup/kept-files.ts';
import { openCgroupDriver } from '#cgroup/open-driver.ts';
import { probeCgroups } from '#cgroup/probe.ts';
import { sweepLeaves } from '#cgroup/sweep-leaves.ts';
import type { CgroupSettings } from '#cgroup/types.ts';
import { createV2Driver } from '#cgroup/v2/driver.ts';
import { gate } from '../helpers/gate.ts';

const MIB = 1024 ** 2;
const NONE: CgroupSettings = { memoryBytes: null, swapBytes: null, pidsMax: null, cpu: null };

const location = await detectCgroups();
const probe = await probeCgroups(location);
const driver = openCgroupDriver(location, probe);
const isV1Usable = location.driver === 'v1' && Object.values(probe.abilities).every(({ usable }) => usable);
const unusable = Object.entries(probe.abilities).flatMap(([name, { usable }]) => (usable ? [] : [name]));
const describeV1 = gate(
  'cgroup1',
  isV1Usable,
  `${location.driver}, unusable: ${unusable.join(', ') || 'none'}`,
);

/** The v2 mount of a hybrid host has no controllers, but groups, joining and killing work there all the same. */
const unified = '/sys/fs/cgroup/unified';
const unifiedDriver = createV2Driver(unified, []);
const unifiedProbe = await probeCgroups({ driver: 'v2', dir: unified, controllers: [] });
const ownUnified = (await readFile('/proc/self/cgroup', 'utf8')).includes('0::/\n');
const describeUnified = gate(
  'cgroup2-unified',
  ownUnified && unifiedProbe.abilities.cpuacct.usable,
  `no writable group of ours at ${unified}`,
);

let prefix = '';
let children: ChildProcess[] = [];
let leaves: Leaf[] = [];
let meters: LeafMeter[] = [];

beforeEach(() => {
  prefix = `warder-${randomBytes(6).toString('hex')}-`;
  children = [];
  leaves = [];
  meters = [];
});

afterEach(async () => {
  for (const meter of meters) await meter.close();
  for (const leaf of leaves) await leaf.remove();
  for (const child of children) child.kill('SIGKILL');
});

async function make(from: CgroupDriver | null, settings: Partial<CgroupSettings> = {}): Promise<Leaf> {
  if (from === null) throw new Error('no driver');
  const leaf = await from.createLeaf(`${prefix}${leaves.length}`, { ...NONE, ...settings });
  leaves.push(leaf);
  return leaf;
}

async function openMeter(leaf: Leaf): Promise<LeafMeter> {
  const meter = await leaf.openMeter();
  meters.push(meter);
  return meter;
}

/** A shell that joins by itself through the paths it is given, and only then runs `script`. */
async function runInside(leaf: Leaf, script: string): Promise<ChildProcess> {
  const join = 'for path; do echo 0 > "$path" || exit 99; done;';
  const child = spawn('/bin/sh', ['-c', `${join} ${script}`, 'sh', ...leaf.joinPaths], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  });
  children.push(child);
  return child;
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

async function ended(child: ChildProcess): Promise<Ended> {
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  const [code, signal] = await once(child, 'close');
  return { code, signal, output };
}

async function waitForOutput(child: ChildProcess, word: string): Promise<void> {
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += chunk;
    if (output.includes(word)) return;
  }
  throw new Error(`${word} did not come: ${output}`);
}

async function expectGone(leaf: Leaf): Promise<void> {
  for (const dir of leaf.directories) await expect(access(dir)).rejects.toMatchObject({ code: 'ENOENT' });
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describeV1('cgroup v1', () => {
  test('the probe finds everything, and removes its groups', async () => {
    const name = `${prefix}probe`;
    expect(await probeCgroups(location, name)).toEqual(probe);
    for (const parent of driver?.parents ?? []) await expect(access(join(parent, name))).rejects.toThrow();
  });

  test('the kernel holds the settings', async () => {
    const cpu = { quotaUs: 20_000, periodUs: 50_000 };
    const leaf = await make(driver, { memoryBytes: 32 * MIB, swapBytes: MIB, pidsMax: 9, cpu });
    const knob = async (part: string, file: string) => {
      const dir = leaf.directories.find((path) => path.includes(part)) ?? '';
      return (await readFile(join(dir, file), 'utf8')).trim();
    };
    expect(await knob('/memory/', 'memory.limit_in_bytes')).toBe(String(32 * MIB));
    expect(await knob('/memory/', 'memory.memsw.limit_in_bytes')).toBe(String(33 * MIB));
    expect(await knob('/pids/', 'pids.max')).toBe('9');
    expect(await knob('/cpu', 'cpu.cfs_quota_us')).toBe('20000');
    expect(await knob('/cpu', 'cpu.cfs_period_us')).toBe('50000');
  });

  test('a child that writes 0 to every join path is in every hierarchy', async () => {
    const leaf = await make(driver);
    const { code, output } = await ended(await runInside(leaf, 'cat /proc/self/cgroup'));
    expect(code).toBe(0);
    expect(output.match(new RegExp(`/${leaf.name}$`, 'gm'))).toHaveLength(leaf.directories.length);
  });

  test('the meter counts what the child used, through files that were open before', async () => {
    const leaf = await make(driver, { memoryBytes: 256 * MIB, swapBytes: 0, pidsMax: 20 });
    const meter = await openMeter(leaf);
    expect(await meter.look()).toEqual({ oomKill: 0, cpuTotalUs: 0, memoryBytes: null });
    const fill = 'head -c 50000000 /dev/zero | tail -c 50000000 | wc -c';
    expect(await ended(await runInside(leaf, fill))).toMatchObject({ code: 0 });
    const usage = await meter.usage();
    expect(usage.memoryPeakBytes).toBeGreaterThan(40 * MIB);
    expect(usage.memoryPeakBytes).toBeLessThan(256 * MIB);
    expect(usage.cpuTotalUs).toBeGreaterThan(1000);
    expect(usage.pidsPeak).toBeGreaterThanOrEqual(3);
    expect(await meter.look()).toEqual({ oomKill: 0, cpuTotalUs: usage.cpuTotalUs, memoryBytes: null });
    expect(await meter.events()).toEqual({ oomKill: 0, oomGroupKill: null, pidsMax: 0, cpuThrottled: 0 });
    expect(await meter.resetPeak()).toBe(true);
    expect((await meter.usage()).memoryPeakBytes).toBeLessThan(40 * MIB);
    expect(await meter.resetPeak()).toBe(true);
  });

  test('an open meter does not keep a leaf, and tells nothing of one that is gone', async () => {
    const leaf = await make(driver);
    const meter = await openMeter(leaf);
    await leaf.remove(100);
    await expectGone(leaf);
    const gone = { code: 'CGROUP_READ_FAILED', details: { errno: 'ENODEV' } };
    await expect(meter.usage()).rejects.toMatchObject(gone);
    await expect(meter.events()).rejects.toMatchObject(gone);
    await expect(meter.look()).rejects.toMatchObject(gone);
    await expect(meter.resetPeak()).rejects.toMatchObject({ code: 'CGROUP_WRITE_FAILED' });
  });

  test('a memory bomb is killed by the kernel, and counted', async () => {
    const leaf = await make(driver, { memoryBytes: 24 * MIB, swapBytes: 0 });
    const meter = await openMeter(leaf);
    // tail has to keep all of it, since its input is a pipe.
    const bomb = await runInside(leaf, 'head -c 400000000 /dev/zero | tail -c 400000000 >/dev/null');
    const { code, signal } = await ended(bomb);
    // While the victim's memory is not yet free the killer may take the next process, which is the shell itself.
    expect([`code ${128 + 9}`, 'SIGKILL']).toContain(signal ?? `code ${code}`);
    expect((await meter.look()).oomKill).toBeGreaterThanOrEqual(1);
    expect((await meter.events()).oomKill).toBeGreaterThanOrEqual(1);
    expect((await meter.usage()).memoryPeakBytes).toBe(24 * MIB);
  });

  test('pids.max refuses forks, and counts them', async () => {
    const leaf = await make(driver, { pidsMax: 4 });
    const meter = await openMeter(leaf);
    const { output } = await ended(await runInside(leaf, 'for i in 1 2 3 4 5 6; do sleep 0.2 & done; wait'));
    expect(output).toMatch(/fork|Resource temporarily unavailable/i);
    expect((await meter.events()).pidsMax).toBeGreaterThanOrEqual(1);
    expect((await meter.usage()).pidsPeak).toBe(4);
  });

  test('a CPU quota throttles', async () => {
    const leaf = await make(driver, { cpu: { quotaUs: 10_000, periodUs: 50_000 } });
    const meter = await openMeter(leaf);
    const startMs = performance.now();
    const child = await runInside(leaf, 'exec timeout 1 sh -c "while :; do :; done"');
    await ended(child);
    const wallUs = (performance.now() - startMs) * 1000;
    const { cpuTotalUs } = await meter.usage();
    expect(cpuTotalUs).toBeLessThan(wallUs * 0.35);
    expect((await meter.events()).cpuThrottled).toBeGreaterThanOrEqual(5);
  });

  test('an existing leaf is an error and stays', async () => {
    const leaf = await make(driver);
    await expect(driver?.createLeaf(leaf.name, NONE)).rejects.toMatchObject({
      code: 'CGROUP_CREATE_FAILED',
      details: { errno: 'EEXIST' },
    });
    for (const dir of leaf.directories) await access(dir);
  });

  test('a setting that the kernel refuses leaves nothing behind', async () => {
    const cpu = { quotaUs: 1, periodUs: 100_000 };
    const name = `${prefix}bad`;
    await expect(driver?.createLeaf(name, { ...NONE, cpu })).rejects.toMatchObject({
      code: 'CGROUP_WRITE_FAILED',
      details: { data: '1', errno: 'EINVAL' },
    });
    for (const parent of driver?.parents ?? []) await expect(access(join(parent, name))).rejects.toThrow();
  });

  test('kill reaches a daemon that ignores SIGTERM and left its session', async () => {
    const leaf = await make(driver);
    const child = await runInside(leaf, "trap '' TERM; setsid sleep 1000 & echo up $!; sleep 1000");
    await waitForOutput(child, 'up');
    const exit = once(child, 'exit');
    expect(await leaf.kill()).toBe(true);
    expect(await exit).toEqual([null, 'SIGKILL']);
    await leaf.remove();
    await expectGone(leaf);
  });

  test('a fork bomb is killed and removed', async () => {
    const leaf = await make(driver, { pidsMax: 64 });
    const child = await runInside(leaf, 'b() { b | b & b; }; echo up; b');
    await waitForOutput(child, 'up');
    await leaf.remove(5000);
    await expectGone(leaf);
  });

  test('remove takes groups made inside, with the processes in them', async () => {
    const leaf = await make(driver);
    const dir = leaf.directories.find((path) => path.includes('/pids/')) ?? '';
    const script = `mkdir -p ${dir}/a/b && echo $$ > ${dir}/a/b/cgroup.procs && echo up && sleep 1000`;
    const child = await runInside(leaf, script);
    await waitForOutput(child, 'up');
    await leaf.remove();
    await expectGone(leaf);
    expect(isAlive(child.pid ?? 0) && child.signalCode === null && child.exitCode === null).toBe(false);
  });

  test('the sweep takes leaves with its prefix and no others', async () => {
    const leaf = await make(driver);
    const parent = driver?.parents[0] ?? '';
    await runInside(leaf, 'sleep 1000');
    expect(await sweepLeaves(parent, 'warder-0-', 1000)).toEqual({ removed: [], failed: [] });
    await access(leaf.directories[0] ?? '');
    expect(await sweepLeaves(parent, prefix, 1000)).toEqual({ removed: [leaf.directories[0]], failed: [] });
  });

  test('one hundred leaves, eight at a time, leave nothing', async () => {
    const settings = { memoryBytes: 64 * MIB, swapBytes: 0, pidsMax: 16 };
    for (let round = 0; round < 13; round++) {
      const makeOne = async (index: number): Promise<Leaf> => {
        if (!driver) throw new Error('no cgroup driver');
        return driver.createLeaf(`${prefix}${round}-${index}`, { ...NONE, ...settings });
      };
      const made = await Promise.all(Array.from({ length: 8 }, (_, index) => makeOne(index)));
      await Promise.all(made.map((leaf) => leaf.remove()));
      for (const leaf of made) await expectGone(leaf);
    }
  });
});

describeUnified('cgroup v2 without controllers', () => {
  test('a child joins by itself, is killed by one write, and the leaf is removed', async () => {
    const leaf = await make(unifiedDriver);
    const meter = await openMeter(leaf);
    const child = await runInside(leaf, "trap '' TERM; setsid sleep 1000 & echo up; sleep 1000");
    await waitForOutput(child, 'up');
    const exit = once(child, 'exit');
    expect(await leaf.kill()).toBe(true);
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect((await meter.usage()).cpuTotalUs).toBeGreaterThan(0);
    await leaf.remove();
    await expectGone(leaf);
  });

  test('a file without a write method, as memory.peak is before Linux 6.12, takes no write and is read', async () => {
    const [dir] = (await make(unifiedDriver)).directories;
    const file = 'cpu.stat';
    const files = await openKeptFiles({ update: { dir, file, use: 'update' }, readOnly: { dir, file } });
    for (const kept of Object.values(files)) {
      expect(await kept.write('0')).toBe(false);
      expect(await kept.read()).toMatch(/^usage_usec \d+$/m);
    }
    await closeKeptFiles(files);
  });

  test('a limit without its controller is refused', async () => {
    await expect(make(unifiedDriver, { pidsMax: 5 })).rejects.toMatchObject({
      code: 'HOST_CONTROL_UNENFORCEABLE',
    });
  });
});
