/** The supervisor as an ordinary user, on a host that delegates no cgroup to it. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunOptions, RunResult, WarderErrorJson, WarderOptions } from '#index.ts';
import { type Place, places } from '../helpers/places.ts';
import { makePublicCopy } from '../helpers/public-copy.ts';
import { rooted, sandboxed } from '../helpers/sandbox.ts';

const UID = 61_000;

type Answer = RunResult & { error?: WarderErrorJson };

const STATUS = `import os
def closed(path, mode):
  try: os.close(os.open(path, mode)); return "open"
  except OSError as e: return e.errno
s = dict(l.split(":\\t", 1) for l in open("/proc/self/status").read().splitlines() if ":\\t" in l)
print([int(s["Cap" + x], 16) for x in ("Inh", "Prm", "Eff", "Bnd", "Amb")], s["NoNewPrivs"], s["Seccomp"])
print(closed("/proc/1/environ", os.O_RDONLY), closed("/proc/1/mem", os.O_RDWR))
print(sorted(int(x) for x in os.listdir("/proc/self/fd"))[:3], os.getuid(), sorted(p for p in os.listdir("/proc") if p.isdigit()))`;

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

function suite({ engine }: Place): void {
  let copy: ReturnType<typeof makePublicCopy>;
  beforeAll(() => {
    copy = makePublicCopy();
  });
  afterAll(() => {
    copy.remove();
    rmSync(`/tmp/warder-${UID}`, { recursive: true, force: true });
  });

  function runAsUser(options: WarderOptions, request: RunOptions): Answer {
    const script = `${copy.path}/test/fixtures/run-once.mjs`;
    const args = [
      script,
      `${copy.path}/dist/index.js`,
      JSON.stringify({ engine, ...options }),
      JSON.stringify(request),
    ];
    const ids = { uid: UID, gid: UID, cwd: '/', env: { PATH: process.env['PATH'] } };
    return JSON.parse(execFileSync(process.execPath, args, { ...ids, encoding: 'utf8' })) as Answer;
  }
  const degraded = (): WarderOptions => ({ policy: `${copy.path}/test/fixtures/policies/no-cgroup.yaml` });

  test('refuses limits that nobody can hold, each by name', () => {
    const { error } = runAsUser({}, { argv: ['true'] });
    expect(error?.code).toBe('HOST_CONTROL_UNENFORCEABLE');
    for (const control of ['memory', 'pids', 'cpu', 'cpuTime']) expect(error?.message).toContain(control);
    expect(error?.hint).toContain('allowDegraded');
  });

  test('runs where the policy accepts that, and every result says so', () => {
    const result = runAsUser(degraded(), { argv: ['echo', 'hi'] });
    expect(result.error).toBeUndefined();
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.stdout.data).toBe('hi\n');
    expect(result.weakenings.map(({ id }) => id).sort()).toEqual([
      'cpu',
      'cpuTime',
      'memory',
      'pids',
      'rootfs',
    ]);
    expect(result.usage.sources.cpuUserMs).toBe('rusage');
    expect(result.usage.memoryPeakBytes).toBeGreaterThan(0);
  });

  test('resource limits stand in for memory and tasks, for each run by itself, and the result says so', () => {
    const memory =
      'try: bytearray(200 << 20)\nexcept MemoryError: print("no memory")\nprint(len(bytearray(20 << 20)))';
    const hog = runAsUser(degraded(), { language: 'python', code: memory, limits: { memory: '128MiB' } });
    expect([hog.outcome, hog.stdout.data]).toEqual([
      { kind: 'exited', exitCode: 0 },
      'no memory\n20971520\n',
    ]);
    const forks = runAsUser(degraded(), { language: 'python', code: FORKS, limits: { pids: 16 } });
    // The main process is one of the sixteen.
    expect([forks.outcome, forks.stdout.data]).toEqual([{ kind: 'exited', exitCode: 0 }, '15\n']);
    const by = (control: string) => forks.controls.find((entry) => entry.control === control)?.enforcedBy;
    expect([by('memory'), by('pids'), by('cpuTime'), by('cpu')]).toEqual([
      ['rlimit'],
      ['rlimit'],
      ['rlimit'],
      [],
    ]);
    expect(forks.usage.pidsPeak).toBeNull();
    expect(hog.usage.sources.memoryPeakBytes).toMatch(/^(?:rusage|pidusage)$/);
  });

  test('isolation is the same as from root', () => {
    const result = runAsUser(degraded(), { language: 'python', code: STATUS });
    expect(result.stderr.data).toBe('');
    expect(result.stdout.data.split('\n')).toEqual([
      '[0, 0, 0, 0, 0] 1 2',
      '13 13',
      "[0, 1, 2] 1000 ['1', '2']",
      '',
    ]);
  });

  test('the limits that need no cgroup hold', () => {
    const limit = (limits: RunOptions['limits'], argv: string[]) =>
      runAsUser(degraded(), { argv, ...(limits ? { limits } : {}) }).outcome;
    expect(limit({ wall: '300ms' }, ['sleep', '9'])).toEqual({ kind: 'limit', limit: 'wall' });
    expect(limit({ stdout: '10B' }, ['cat', '/dev/zero'])).toEqual({ kind: 'limit', limit: 'stdout' });
    expect(limit({ cpuTime: '300ms' }, ['bash', '-c', 'while :; do :; done'])).toEqual({
      kind: 'limit',
      limit: 'cpuTime',
    });
  });
}

for (const place of places) {
  // Only root can become another user.
  rooted(`ordinary user, ${place.engine}`, () =>
    sandboxed('sandboxes', () => place.gate('suite', () => suite(place))),
  );
}
