/** Programs that are talked to while they run. */

import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Child, createWarder, type Warder } from '#index.ts';
import { gate } from '../helpers/gate.ts';
import { places } from '../helpers/places.ts';
import { eventually, leafDirectories, openDescriptors, sandboxProcesses } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const MIB = 1024 ** 2;

function suite(engine: 'bubblewrap' | 'nsjail'): void {
  let warder: Warder;
  beforeAll(async () => {
    warder = await createWarder({ engine });
  });
  afterAll(() => warder.close());

  async function firstLine(child: Child): Promise<string> {
    const iterator = child.stdout[Symbol.asyncIterator]();
    return String((await iterator.next()).value);
  }

  test('a conversation: what is written comes back before the end of the input', async () => {
    const child = await warder.spawn(['cat']);
    child.stdin.write('one');
    expect(await firstLine(child)).toBe('one');
    child.stdin.end();
    const { outcome, stdout } = await child.result;
    expect(outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(stdout).toEqual({ data: '', encoding: 'utf8', bytes: 3, truncated: false });
  });

  test('both streams, chunk by chunk, with the exit code', async () => {
    const child = await warder.spawn({ language: 'bash', code: 'echo out; echo err >&2; exit 3' });
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk);
    expect([Buffer.concat(chunks).toString(), await text(child.stderr)]).toEqual(['out\n', 'err\n']);
    expect((await child.result).outcome).toEqual({ kind: 'exited', exitCode: 3 });
  });

  test('a slow reader slows the program down, and gets every byte', async () => {
    const code = 'for i in {1..12}; do head -c 65536 /dev/zero; echo $i > progress; done';
    const child = await warder.spawn(['bash', '-c', `${code}; cat progress >&2`]);
    await sleep(700 * SLOWNESS);
    const before = await child.usage();
    // Two buffers of a stream and the pipe are full; nothing more was taken.
    expect(child.stdout.readableLength).toBeLessThan(256 * 1024);
    await sleep(300);
    const after = await child.usage();
    expect(after?.pids).toBeGreaterThan(0);
    expect((after?.cpuMs ?? 0) - (before?.cpuMs ?? 0)).toBeLessThan(20 * SLOWNESS);
    let bytes = 0;
    for await (const chunk of child.stdout) bytes += chunk.length;
    expect(bytes).toBe(12 * 65536);
    expect(await text(child.stderr)).toBe('12\n');
    expect((await child.result).stdout.bytes).toBe(12 * 65536);
  });

  test('unread output does not hold up the wall limit', async () => {
    const child = await warder.spawn(['yes'], { limits: { wall: '500ms' } });
    expect((await child.result).outcome).toEqual({ kind: 'limit', limit: 'wall' });
  });

  test('an output limit ends it as it ends a run, and the reader has the bytes below', async () => {
    const child = await warder.spawn(['yes'], { limits: { stdout: '100KiB' } });
    expect((await text(child.stdout)).length).toBe(100 * 1024);
    const { outcome, stdout } = await child.result;
    expect(outcome).toEqual({ kind: 'limit', limit: 'stdout' });
    expect(stdout).toMatchObject({ bytes: 100 * 1024, truncated: true });
  });

  test('a reader that leaves early does not block the program', async () => {
    const child = await warder.spawn(['head', '-c', '900K', '/dev/zero']);
    for await (const chunk of child.stdout) if (chunk.length > 0) break;
    expect(child.stdout.destroyed).toBe(true);
    const { outcome, stdout } = await child.result;
    expect(outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(stdout.bytes).toBe(900 * 1024);
  });

  test('usage while it runs: present memory and tasks, by the cgroup', async () => {
    const code = 'import time; data = bytearray(60 << 20); print("ready", flush=True); time.sleep(60)';
    const child = await warder.spawn({ language: 'python', code });
    expect(await firstLine(child)).toBe('ready\n');
    const usage = await child.usage();
    expect(usage?.source).toMatch(/^cgroup[12]$/);
    expect(usage?.memoryBytes).toBeGreaterThan(60 * MIB);
    expect(usage?.memoryBytes).toBeLessThan(120 * MIB);
    expect(usage?.memoryPeakBytes).toBeGreaterThanOrEqual(usage?.memoryBytes ?? Number.NaN);
    expect(usage?.pids).toBe(1);
    expect(usage?.cpuMs).toBeGreaterThan(0);
    child.cancel();
    expect((await child.result).outcome).toEqual({ kind: 'canceled' });
    expect(await child.usage()).toBeNull();
    expect(child.kill()).toBe(false);
  });

  test('a signal reaches the program, which may handle it', async () => {
    const code = 'trap "echo caught; exit 5" TERM; echo ready; while :; do sleep 0.02; done';
    const child = await warder.spawn(['bash', '-c', code]);
    const words: string[] = [];
    for await (const chunk of child.stdout) {
      words.push(String(chunk));
      if (words.length === 1) expect(child.kill()).toBe(true);
    }
    expect(words.join('')).toBe('ready\ncaught\n');
    expect((await child.result).outcome).toEqual({ kind: 'exited', exitCode: 5 });
    const killed = await warder.spawn(['sleep', '60']);
    killed.kill('SIGKILL');
    expect((await killed.result).outcome).toMatchObject({ kind: 'signaled', signal: 'SIGKILL' });
  });

  test('an abort ends it', async () => {
    const controller = new AbortController();
    const child = await warder.spawn(['sleep', '60'], { signal: controller.signal });
    controller.abort();
    expect((await child.result).outcome).toEqual({ kind: 'canceled' });
    expect(await text(child.stdout)).toBe('');
  });

  test('a command that is not there is a result, a policy that is not there a failure', async () => {
    const child = await warder.spawn(['/nowhere']);
    expect((await child.result).outcome).toEqual({ kind: 'notStarted', errno: 'ENOENT' });
    await expect(warder.spawn(['true'], { policy: 'nobody' })).rejects.toMatchObject({
      code: 'POLICY_NOT_FOUND',
    });
  });

  test('close ends and awaits it', async () => {
    const other = await createWarder({ engine });
    const child = await other.spawn(['yes']);
    await other.close();
    expect((await child.result).outcome).toEqual({ kind: 'canceled' });
    await expect(other.spawn(['true'])).rejects.toMatchObject({ code: 'SUPERVISE_CLOSED' });
  });

  test('100 children leave nothing', async () => {
    const echo = async (i: number): Promise<string> => {
      const child = await warder.spawn(['cat']);
      child.stdin.end(`${i}`);
      return text(child.stdout);
    };
    // As many as can run at once, so that the locks of their uids are held already.
    await Promise.all(Array.from({ length: 16 }, (_, i) => echo(i)));
    const descriptors = openDescriptors();
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    expect(await Promise.all(numbers.map(echo))).toEqual(numbers.map(String));
    expect(await eventually(async () => (await leafDirectories()).length === 0)).toBe(true);
    expect(sandboxProcesses()).toEqual([]);
    expect(await eventually(() => openDescriptors() <= descriptors)).toBe(true);
  });
}

for (const { name, engine, gate } of places) gate(`spawn on ${name}`, () => suite(engine));

const compilers = gate('gcc', existsSync('/usr/bin/gcc'), 'gcc is not installed');
compilers('spawn of a compiled language', () => {
  test('what the compiler said is in the result, more of it than the streams hold too', async () => {
    const warder = await createWarder();
    const code = Array.from({ length: 4000 }, (_, i) => `int f${i}(void) { return wrong${i}; }`).join('\n');
    const child = await warder.spawn({ language: 'c', code });
    const { phase, outcome, stderr } = await child.result;
    expect(phase).toBe('compile');
    expect(outcome).toEqual({ kind: 'exited', exitCode: 1 });
    expect(stderr.bytes).toBeGreaterThan(256 * 1024);
    expect(stderr.data).toContain('wrong3999');
    expect([await text(child.stdout), await text(child.stderr)]).toEqual(['', '']);
    expect([await child.usage(), child.kill()]).toEqual([null, false]);
    await warder.close();
  });
});
