/** What a program or a requester may try against the supervisor itself. */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarder, type Warder } from '#index.ts';
import { sandboxed } from '../helpers/sandbox.ts';

const rssMiB = (): number => process.memoryUsage.rss() / 1024 ** 2;

/** Tries to make its streams packet pipes, so that each write is a read of the supervisor; then writes bytes. */
const PACKETS = `import fcntl, os
for fd in (1, 2):
  try: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_DIRECT); raise SystemExit("a packet pipe")
  except OSError as e: assert e.errno == 22
for i in range(400_000): os.write(1 + i % 2, b"x")`;

sandboxed('resilience', () => {
  let warder: Warder;
  beforeAll(async () => {
    warder = await createWarder();
  });
  afterAll(() => warder.close());

  test('single bytes do not grow the supervisor, and packet pipes are not to be had', async () => {
    await warder.run({ argv: ['true'] });
    const before = rssMiB();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, rssMiB());
    }, 10);
    const result = await warder.run({ language: 'python', code: PACKETS });
    clearInterval(timer);
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.stdout.bytes + result.stderr.bytes).toBe(400_000);
    expect(peak - before).toBeLessThan(32);
  });

  test('a stdin that fails is an error, not the end of the input', async () => {
    async function* failing() {
      yield 'half of it\n';
      throw new Error('disk failed');
    }
    const running = warder.run({ argv: ['cat'], stdin: Readable.from(failing()) });
    await expect(running).rejects.toMatchObject({ code: 'REQUEST_STDIN_FAILED' });
    const next = await warder.run({ argv: ['echo', 'normal'] });
    expect(next.stdout.data).toBe('normal\n');
  });

  test('cancelling while files are sent ends the run at once', async () => {
    const files = Array.from({ length: 8_000 }, (_, i) => ({
      path: `${'d/'.repeat(30)}${i}/f`,
      content: '',
    }));
    const begin = performance.now();
    const result = await warder.run({ argv: ['true'], files, signal: AbortSignal.timeout(60) });
    expect(result.outcome).toEqual({ kind: 'canceled' });
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  test('the wall limit is kept when the CPU rate is tiny and the program is many', async () => {
    const code = 'import os\nfor _ in range(5): os.fork()\nwhile True: pass';
    const begin = performance.now();
    const result = await warder.run({
      language: 'python',
      code,
      limits: { cpu: 0.02, wall: '1500ms', memory: '256MiB' },
    });
    expect(result.outcome).toEqual({ kind: 'limit', limit: 'wall' });
    expect(performance.now() - begin - result.timings.setupMs).toBeLessThan(2500);
    expect(result.usage.wallMs).not.toBeNull();
  });
});
