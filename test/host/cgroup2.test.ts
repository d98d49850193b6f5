/** Limits, evidence and cleanliness on cgroup v2, with whatever rights this process has; scripts/test-vm has such a host. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { detectCgroups } from '#cgroup/detect.ts';
import { createWarder, type LiveUsage, type RunOptions, type RunResult, type Warder } from '#index.ts';
import { cli } from '../helpers/cli.ts';
import { gate } from '../helpers/gate.ts';
import { eventually } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const PAGE = 4096;
const MIB = 1024 ** 2;
/** A virtual machine takes minutes for 500, so its main variants ask for fewer (scripts/lib/vm/jobs.mjs). */
const RUNS = Number(process.env['WARDER_TEST_RUNS'] ?? 500);
/** Below the ceiling of the policy, which is 5 min. */
const WALL = `${Math.min(20_000 * SLOWNESS, 240_000)}ms`;

const { driver } = await detectCgroups();
const onV2 = gate('cgroup2', driver === 'v2', `the controllers of this host are ${driver}`);

const BOMB = 'blocks = []\nwhile True: blocks.append(bytearray(1 << 20))';
const FORKS = `import os, time
made = 0
try:
  while True:
    if os.fork() == 0:
      time.sleep(60)
      os._exit(0)
    made += 1
except BlockingIOError:
  print(made)`;

/** Leaves and scopes of supervisors, wherever they are. */
function ourGroups(directory = '/sys/fs/cgroup'): string[] {
  // Other supervisors' groups may go while we look.
  if (!existsSync(directory)) return [];
  const children = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return children.flatMap(({ name }) => {
    const path = join(directory, name);
    return /^warder-(?:[0-9a-f]{16}-|cli-)/.test(name) ? [path] : ourGroups(path);
  });
}

onV2('cgroup v2', () => {
  let warder: Warder;
  beforeAll(async () => {
    warder = await createWarder({ concurrency: 4, setupTimeoutMs: 10_000 * SLOWNESS });
  });
  afterAll(() => warder?.close());

  const python = (code: string, limits: RunOptions['limits']): Promise<RunResult> =>
    warder.run({ language: 'python', code, limits: { wall: WALL, ...limits } });

  test('memory: the kernel holds the limit to the page, and ends the whole group at it', async () => {
    const { outcome, evidence, usage } = await python(BOMB, { memory: `${64 * MIB + 1000}B` });
    expect(outcome).toEqual({ kind: 'limit', limit: 'memory' });
    const { maxBytes, peakBytes, oom, oomGroupKill } = evidence.group?.memory ?? {};
    expect(maxBytes).toBe(64 * MIB);
    expect(64 * MIB - (peakBytes ?? 0)).toBeLessThan(PAGE);
    expect(oom).toBeGreaterThanOrEqual(1);
    expect(oomGroupKill).toBeGreaterThanOrEqual(1);
    expect(evidence.memoryEvents?.oomKill).toBeGreaterThanOrEqual(1);
    // init died with the group, so the figures are those of the group and of our own clock.
    expect(usage.sources).toMatchObject({ wallMs: 'supervisor', cpuUserMs: 'cgroup2' });
    expect(usage.cpuUserMs).toBeGreaterThan(0);
  });

  test('memory peak: the kernel’s mark, or what was seen where it keeps none, and the result says which', async () => {
    const code = 'import time\nkept = bytearray(b"x") * (48 << 20)\ntime.sleep(0.5)';
    const { outcome, usage } = await python(code, { memory: '256MiB' });
    expect(outcome).toEqual({ kind: 'exited', exitCode: 0 });
    // Since Linux 5.19; the root group has none.
    const hasMark = readdirSync('/sys/fs/cgroup').some((name) =>
      existsSync(join('/sys/fs/cgroup', name, 'memory.peak')),
    );
    expect(usage.sources.memoryPeakBytes).toBe(hasMark ? 'cgroup2' : 'sampled');
    expect(usage.memoryPeakBytes).toBeGreaterThan(48 * MIB);
    expect(usage.memoryPeakBytes).toBeLessThan(128 * MIB);
  });

  test('pids: a fork bomb never gets more tasks than that', async () => {
    const { outcome, stdout, usage, evidence, limitsHit } = await python(FORKS, { pids: 16 });
    expect(outcome).toEqual({ kind: 'exited', exitCode: 0 });
    // The main process is one of the sixteen.
    expect(stdout.data).toBe('15\n');
    expect(usage.pidsPeak).toBe(16);
    expect(evidence.group?.pids).toMatchObject({ max: 18, peak: 18 });
    expect(evidence.group?.pids.refused).toBeGreaterThanOrEqual(1);
    expect(limitsHit).toEqual(['pids']);
  });

  test('cpu: half a core, by the time used in the time that passed', async () => {
    const spin = `import time\nend = time.monotonic() + ${2 * Math.min(SLOWNESS, 4)}\nwhile time.monotonic() < end: pass`;
    const { outcome, usage, evidence } = await python(spin, { cpu: 0.5 });
    expect(outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(evidence.group?.cpu.throttled).toBeGreaterThan(0);
    expect(evidence.group?.cpu.throttledUs).toBeGreaterThan(0);
    const share = (evidence.cpuTotalUs ?? 0) / 1000 / (usage.wallMs ?? 1);
    expect(share).toBeLessThan(0.55);
    expect(share).toBeGreaterThan(0.3);
  });

  test('wall: ended at the limit, by our clock and init’s', async () => {
    const { outcome, evidence, usage } = await warder.run({
      argv: ['sleep', '600'],
      limits: { wall: '500ms' },
    });
    expect(outcome).toEqual({ kind: 'limit', limit: 'wall' });
    expect(evidence).toMatchObject({ firstCause: 'wall', memoryEvents: { oomKill: 0 } });
    expect(usage.wallMs).toBeGreaterThanOrEqual(500);
  });

  test('the end of one run by the OOM killer is no business of its neighbours, the larger ones included', async () => {
    const code =
      'import sys\nkept = bytearray(b"x") * (128 << 20)\nprint("big", flush=True)\nsys.stdin.read()';
    const neighbour = await warder.spawn({
      language: 'python',
      code,
      limits: { wall: WALL, memory: '256MiB' },
    });
    const output = neighbour.stdout[Symbol.asyncIterator]();
    expect(String((await output.next()).value)).toBe('big\n');
    const bombs = await Promise.all([0, 1].map(() => python(BOMB, { memory: '48MiB' })));
    expect(bombs.map(({ outcome }) => outcome)).toEqual(
      bombs.map(() => ({ kind: 'limit', limit: 'memory' })),
    );
    neighbour.stdin.end();
    const { outcome, evidence } = await neighbour.result;
    expect(outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(evidence.group?.memory).toMatchObject({ oom: 0, oomKill: 0 });
    expect((await warder.run({ argv: ['true'] })).ok).toBe(true);
  });

  test('pressure is told where the kernel counts it, and only there', async () => {
    const { evidence } = await warder.run({ argv: ['true'] });
    const { cpu } = evidence.group?.pressure ?? {};
    expect(cpu != null).toBe(existsSync('/proc/pressure/cpu'));
    expect(evidence.group?.cpu.totalUs).toBeGreaterThan(0);
  });

  test('what is used is told while the program runs', async () => {
    const told: LiveUsage[] = [];
    const code = 'import time\nkept = bytearray(32 << 20)\nkept[:] = b"x" * len(kept)\ntime.sleep(3.5)';
    const onUsage = (usage: LiveUsage) => told.push(usage);
    await warder.run({ language: 'python', code, limits: { wall: WALL }, onUsage });
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told.at(-1)).toMatchObject({ source: 'cgroup2', pidsPeak: 1 });
    expect(Math.max(...told.map(({ memoryBytes }) => memoryBytes ?? 0))).toBeGreaterThan(32 * MIB);
    const spent = told.map(({ cpuMs }) => cpuMs ?? -1);
    expect(spent).toEqual(spent.toSorted((a, b) => a - b));
  });

  test('two supervisors side by side: neither the start of one nor its end ends anything of the other', async () => {
    const running = await warder.spawn(['cat'], { limits: { wall: WALL } });
    running.stdin.write('on');
    // Says that it runs, before the other one looks for what dead supervisors have left.
    const output = running.stdout[Symbol.asyncIterator]();
    expect(String((await output.next()).value)).toBe('on');
    const other = await createWarder({ setupTimeoutMs: 10_000 * SLOWNESS });
    const theirs = other.run({ argv: ['sleep', '600'], limits: { wall: WALL } });
    expect((await other.run({ argv: ['true'] })).ok).toBe(true);
    await other.close();
    expect((await theirs).outcome).toEqual({ kind: 'canceled' });
    running.stdin.end('and on');
    expect(String((await output.next()).value)).toBe('and on');
    expect((await running.result).outcome).toEqual({ kind: 'exited', exitCode: 0 });
  });

  test(
    'a supervisor that was killed leaves nothing once the next one has started',
    async () => {
      const before = new Set(ourGroups());
      const added = (): string[] => ourGroups().filter((path) => !before.has(path));
      const killed = await cli(['cmd', '--timeout', WALL, '--', 'sleep', '600'], {
        onStarted: async (pid) => {
          expect(await eventually(() => added().some((path) => /-\d+$/.test(path)), 10_000 * SLOWNESS)).toBe(
            true,
          );
          process.kill(pid, 'SIGKILL');
        },
      });
      expect(killed.signal).toBe('SIGKILL');
      const next = await cli(['cmd', '--timeout', WALL, '--', 'true']);
      expect([next.code, next.stderr]).toEqual([0, expect.not.stringContaining('rror')]);
      // What has a supervisor's name went with the sweep; systemd takes a scope of the command line's own a little later.
      await expect.poll(added, { timeout: 2000 * SLOWNESS, interval: 200 }).toEqual([]);
      // Two command lines and both waits, also where the machine has others to serve.
    },
    60_000 + 20_000 * SLOWNESS,
  );

  test(
    `${RUNS} runs leave no group`,
    async () => {
      const one = async (): Promise<void> => {
        expect((await warder.run({ argv: ['true'], limits: { wall: WALL } })).ok).toBe(true);
      };
      for (let left = RUNS; left > 0; left -= 4)
        await Promise.all(Array.from({ length: Math.min(4, left) }, one));
      expect(ourGroups().filter((path) => /-\d+$/.test(path))).toEqual([]);
      await warder.close();
      await expect.poll(ourGroups, { timeout: 2000 * SLOWNESS, interval: 200 }).toEqual([]);
    },
    120_000 + RUNS * 200 * SLOWNESS,
  );
});
