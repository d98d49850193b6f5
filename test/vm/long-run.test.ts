/** What is told of a run that takes a while, as it goes on: by the library and by the command line. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarder, type LiveUsage, type Warder } from '#index.ts';
import { cli } from '../helpers/cli.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const MIB = 1024 ** 2;
const WALL = '120s';
/** Takes memory, then processor time, then waits to be told to end. */
const STEPS = `import sys, time
kept = bytearray(b"x") * (40 << 20)
print("memory", flush=True); sys.stdin.readline()
end = time.process_time() + 1
while time.process_time() < end: pass
print("cpu", flush=True); sys.stdin.readline()`;

let warder: Warder;
beforeAll(async () => {
  warder = await createWarder({ setupTimeoutMs: 10_000 * SLOWNESS });
});
afterAll(() => warder?.close());

test('usage() of a running program follows it, and is null after its end', async () => {
  const child = await warder.spawn({ language: 'python', code: STEPS, limits: { wall: WALL } });
  const said = child.stdout[Symbol.asyncIterator]();
  expect(String((await said.next()).value)).toBe('memory\n');
  const kept = await child.usage();
  expect(kept).toMatchObject({ source: 'cgroup2', pids: 1, pidsPeak: 1 });
  expect(kept?.memoryBytes).toBeGreaterThan(40 * MIB);
  expect(kept?.memoryPeakBytes).toBeGreaterThanOrEqual(kept?.memoryBytes ?? Number.NaN);
  child.stdin.write('\n');
  expect(String((await said.next()).value)).toBe('cpu\n');
  const spent = await child.usage();
  expect((spent?.cpuMs ?? 0) - (kept?.cpuMs ?? 0)).toBeGreaterThanOrEqual(900);
  expect(spent?.elapsedMs).toBeGreaterThan(kept?.elapsedMs ?? Number.NaN);
  child.stdin.end('\n');
  const { outcome, usage } = await child.result;
  expect(outcome).toEqual({ kind: 'exited', exitCode: 0 });
  expect(usage.cpuUserMs).toBeGreaterThan(900);
  expect(await child.usage()).toBeNull();
});

test('a program that only waits costs next to nothing, and is told all the same', async () => {
  const told: LiveUsage[] = [];
  const running = warder.run({
    argv: ['sleep', '600'],
    limits: { wall: '4s' },
    onUsage: (usage) => told.push(usage),
  });
  expect((await running).outcome).toEqual({ kind: 'limit', limit: 'wall' });
  expect(told.length).toBeGreaterThanOrEqual(2);
  expect(Math.max(...told.map(({ cpuMs }) => cpuMs ?? Number.NaN))).toBeLessThan(1000);
});

test('--progress: a line on stderr once a second; standard output stays what the program wrote', async () => {
  const words = ['--progress', '--timeout', WALL, '--', 'sh', '-c', 'echo one; sleep 4; echo two'];
  const { code, stdout, stderr } = await cli(['cmd', ...words]);
  expect([code, stdout.toString()]).toEqual([0, 'one\ntwo\n']);
  const lines = stderr.split('\n').filter((line) => /^warder: \d+\.\d s: cpu /.test(line));
  expect(lines.length).toBeGreaterThanOrEqual(3);
  for (const line of lines) expect(line).toMatch(/, memory \S+, peak \S+, at most [12] tasks?$/);
  const seconds = lines.map((line) => Number(/(\d+\.\d) s:/.exec(line)?.[1]));
  expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
});
