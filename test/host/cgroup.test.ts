import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { detectCgroups } from '#cgroup/detect.ts';
import type { CgroupDriver, Leaf } from '#cgroup/driver.ts';
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
const describeV1 = gate('cgroup1', isV1Usable, `${location.driver}, ${JSON.stringify(probe.abilities)}`);

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

beforeEach(() => {
  prefix = `warder-${randomBytes(6).toString('hex')}-`;
  children = [];
  leaves = [];
});

afterEach(async () => {
  for (const leaf of leaves) await leaf.remove();
  for (const child of children) child.kill('SIGKILL');
});

async function make(from: CgroupDriver | null, settings: Partial<CgroupSettings> = {}): Promise<Leaf> {
  if (from === null) throw new Error('no driver');
  const leaf = await from.createLeaf(`${prefix}${leaves.length}`, { ...NONE, ...settings });
  leaves.push(leaf);
  return leaf;
}

/** A shell that joins through the inherited descriptors, closes them, and only then runs `script`. */
async function runInside(leaf: Leaf, script: string): Promise<ChildProcess> {
  const handles = await leaf.openJoinFds();
  const fds = handles.map((_, index) => index + 3);
  const join = fds.map((fd) => `echo 0 >&${fd} || exit 99; exec ${fd}>&-;`).join(' ');
  const child = spawn('/bin/sh', ['-c', `${join} ${script}`], {
    stdio: ['ignore', 'pipe', 'pipe', ...handles.map((handle) => handle.fd)],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  });
  await Promise.all(handles.map((handle) => handle.close()));
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

  test('a child that writes 0 to the inherited descriptors is in every hierarchy', async () => {
    const leaf = await make(driver);
    const { code, output } = await ended(await runInside(leaf, 'cat /proc/self/cgroup'));
    expect(code).toBe(0);
    expect(output.match(new RegExp(`/${leaf.name}$`, 'gm'))).toHaveLength(leaf.directories.length);
  });

  test('usage and the watch count what the child used', async () => {
    const leaf = await make(driver, { memoryBytes: 256 * MIB, swapBytes: 0, pidsMax: 20 });
    const watch = await leaf.openWatch();
    expect(await watch.read()).toEqual({ oomKill: 0, cpuTotalUs: 0 });
    const fill = 'head -c 50000000 /dev/zero | tail -c 50000000 | wc -c';
    expect(await ended(await runInside(leaf, fill))).toMatchObject({ code: 0 });
    const usage = await leaf.readUsage();
    expect(usage.memoryPeakBytes).toBeGreaterThan(40 * MIB);
    expect(usage.memoryPeakBytes).toBeLessThan(256 * MIB);
    expect(usage.cpuTotalUs).toBeGreaterThan(1000);
    expect(usage.pidsPeak).toBeGreaterThanOrEqual(3);
    expect(await watch.read()).toEqual({ oomKill: 0, cpuTotalUs: usage.cpuTotalUs });
    await watch.close();
    expect(await leaf.readEvents()).toEqual({ oomKill: 0, oomGroupKill: null, pidsMax: 0, cpuThrottled: 0 });
    expect(await leaf.resetPeak()).toBe(true);
    expect((await leaf.readUsage()).memoryPeakBytes).toBeLessThan(40 * MIB);
  });

  test('a memory bomb is killed by the kernel, and counted', async () => {
    const leaf = await make(driver, { memoryBytes: 24 * MIB, swapBytes: 0 });
    const watch = await leaf.openWatch();
    // tail has to keep all of it, since its input is a pipe.
    const bomb = await runInside(leaf, 'head -c 400000000 /dev/zero | tail -c 400000000 >/dev/null');
    expect(await ended(bomb)).toMatchObject({ code: 128 + 9 });
    expect((await watch.read()).oomKill).toBeGreaterThanOrEqual(1);
    expect((await leaf.readEvents()).oomKill).toBeGreaterThanOrEqual(1);
    expect((await leaf.readUsage()).memoryPeakBytes).toBe(24 * MIB);
    await watch.close();
  });

  test('pids.max refuses forks, and counts them', async () => {
    const leaf = await make(driver, { pidsMax: 4 });
    const { output } = await ended(await runInside(leaf, 'for i in 1 2 3 4 5 6; do sleep 0.2 & done; wait'));
    expect(output).toMatch(/fork|Resource temporarily unavailable/i);
    expect((await leaf.readEvents()).pidsMax).toBeGreaterThanOrEqual(1);
    expect((await leaf.readUsage()).pidsPeak).toBe(4);
  });

  test('a CPU quota throttles', async () => {
    const leaf = await make(driver, { cpu: { quotaUs: 10_000, periodUs: 50_000 } });
    const startMs = performance.now();
    const child = await runInside(leaf, 'exec timeout 1 sh -c "while :; do :; done"');
    await ended(child);
    const wallUs = (performance.now() - startMs) * 1000;
    const { cpuTotalUs } = await leaf.readUsage();
    expect(cpuTotalUs).toBeLessThan(wallUs * 0.35);
    expect((await leaf.readEvents()).cpuThrottled).toBeGreaterThanOrEqual(5);
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
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          driver?.createLeaf(`${prefix}${round}-${index}`, { ...NONE, ...settings }),
        ),
      );
      await Promise.all(made.map((leaf) => leaf?.remove()));
      for (const leaf of made) if (leaf) await expectGone(leaf);
    }
  });
});

describeUnified('cgroup v2 without controllers', () => {
  test('a child joins by itself, is killed by one write, and the leaf is removed', async () => {
    const leaf = await make(unifiedDriver);
    const child = await runInside(leaf, "trap '' TERM; setsid sleep 1000 & echo up; sleep 1000");
    await waitForOutput(child, 'up');
    const exit = once(child, 'exit');
    expect(await leaf.kill()).toBe(true);
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect((await leaf.readUsage()).cpuTotalUs).toBeGreaterThan(0);
    await leaf.remove();
    await expectGone(leaf);
  });

  test('a limit without its controller is refused', async () => {
    await expect(make(unifiedDriver, { pidsMax: 5 })).rejects.toMatchObject({
      code: 'HOST_CONTROL_UNENFORCEABLE',
    });
  });
});
