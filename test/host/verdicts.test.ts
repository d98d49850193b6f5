/** Seven endings that look alike from outside, and are told apart. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarder, isWarderError, type RunOptions, type RunResult, type Warder } from '#index.ts';
import { type Place, places } from '../helpers/places.ts';
import { eventually, holdingsOf, leafDirectories, sandboxed, sandboxProcesses } from '../helpers/sandbox.ts';

const NO_TIMES = new URL('../fixtures/policies/no-times.yaml', import.meta.url).pathname;

const nameOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
};

function suite({ engine, comm }: Place): void {
  let warder: Warder;
  beforeAll(async () => {
    warder = await createWarder({ engine, policies: [NO_TIMES] });
  });
  afterAll(async () => {
    const held = holdingsOf();
    await warder.close();
    expect(held.uids.size + held.leafPrefixes.length).toBeGreaterThan(0);
    expect(sandboxProcesses(held)).toEqual([]);
    expect(await leafDirectories(held)).toEqual([]);
  });
  const run = (options: RunOptions): Promise<RunResult> => warder.run(options);

  /** Starts a sleeper and kills the process of the run that is called `name` on the host. */
  async function killDuringRun(name: string): Promise<unknown> {
    const running = run({ argv: ['sleep', '60'] });
    const settled = running.catch((error: unknown) => error);
    let victim: number | undefined;
    await eventually(() => {
      const pids = sandboxProcesses();
      if (!pids.some((pid) => nameOf(pid) === 'sleep')) return false;
      victim = pids.find((pid) => nameOf(pid) === name);
      return victim !== undefined;
    });
    expect(victim, `no process called ${name}`).toBeDefined();
    process.kill(victim ?? 0, 'SIGKILL');
    return settled;
  }

  test('exit(137)', async () => {
    const { outcome } = await run({ argv: ['bash', '-c', 'exit 137'] });
    expect(outcome).toEqual({ kind: 'exited', exitCode: 137 });
  });

  test('kill -9 of itself', async () => {
    const { outcome } = await run({ argv: ['bash', '-c', 'kill -9 $$'] });
    expect(outcome).toEqual({ kind: 'signaled', signal: 'SIGKILL', coreDumped: false });
  });

  test('memory limit', async () => {
    const code = 'x = bytearray(200_000_000)\nfor i in range(0, len(x), 4096): x[i] = 1';
    const { outcome } = await run({ language: 'python', code, limits: { memory: '64MiB' } });
    expect(outcome).toEqual({ kind: 'limit', limit: 'memory' });
  });

  test('wall limit', async () => {
    const { outcome, evidence } = await run({ argv: ['sleep', '60'], limits: { wall: '200ms' } });
    expect(outcome).toEqual({ kind: 'limit', limit: 'wall' });
    expect(evidence).toMatchObject({ firstCause: 'wall', deadlineBy: 'supervisor' });
  });

  test('cancel, in the middle and before the start', async () => {
    const controller = new AbortController();
    const running = run({ argv: ['sleep', '60'], signal: controller.signal });
    setTimeout(() => controller.abort(), 150);
    expect((await running).outcome).toEqual({ kind: 'canceled' });
    const never = await run({ argv: ['sleep', '60'], signal: AbortSignal.abort() });
    expect(never.outcome).toEqual({ kind: 'canceled' });
  });

  test('a killed launcher', async () => {
    const error = await killDuringRun(comm);
    expect(isWarderError(error) && error.code).toBe('ENGINE_LAUNCHER_DIED');
  });

  test('a killed init', async () => {
    const error = await killDuringRun('warder-init');
    expect(isWarderError(error) && error.code).toBe('ENGINE_INIT_DIED');
  });

  test('a killed program is the program’s end', async () => {
    const result = await killDuringRun('sleep');
    expect(result).toMatchObject({ outcome: { kind: 'signaled', signal: 'SIGKILL' } });
  });

  test.each([
    ['SIGTERM', 'kill -TERM $$'],
    ['SIGABRT', 'kill -ABRT $$'],
    ['SIGSEGV', 'kill -SEGV $$'],
    ['SIGXCPU', 'kill -XCPU $$'],
    ['SIGSYS', 'kill -SYS $$'],
    ['SIGRTMIN+3', 'kill -37 $$'],
  ])('%s has its default action', async (signal, command) => {
    const { outcome } = await run({ argv: ['bash', '-c', command] });
    expect(outcome).toEqual({ kind: 'signaled', signal, coreDumped: false });
  });

  test('denied: by number, and not to be forged', async () => {
    const policy = NO_TIMES;
    const code =
      'import ctypes\nprint("before", flush=True)\nctypes.CDLL(None).syscall(100, 0)\nprint("after")';
    const { outcome, stdout } = await run({ language: 'python', code, policy });
    expect(outcome).toEqual({ kind: 'denied', by: 'seccomp', syscall: 'times', abi: 'x86_64' });
    expect(stdout.data).toBe('before\n');
  });

  test('the old 32-bit door ends the process', async () => {
    // int 0x80 with eax = 20 (getpid of i386), from a page that the program maps itself
    const code =
      'import ctypes, mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(b"\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3")\n' +
      'f = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))\nprint(f())';
    const { outcome, stdout } = await run({ language: 'python', code });
    expect(stdout.data).toBe('');
    expect(outcome).toEqual({ kind: 'signaled', signal: 'SIGSYS', coreDumped: false });
  });
}

for (const place of places) {
  sandboxed(`verdicts on ${place.name}`, () => place.gate('suite', () => suite(place)));
}
