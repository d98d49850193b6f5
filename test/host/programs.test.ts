/** Real input: what ordinary programs do. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarder, type RunOptions, type RunResult, type Warder } from '#index.ts';
import { sandboxed } from '../helpers/sandbox.ts';

sandboxed('ordinary programs', () => {
  let warder: Warder;
  beforeAll(async () => {
    warder = await createWarder();
  });
  afterAll(() => warder.close());
  const run = (options: RunOptions): Promise<RunResult> => warder.run(options);

  test('reads stdin and arguments', async () => {
    const code = 'import sys\nprint(sys.argv[1:], sys.stdin.read().upper())';
    const result = await run({ language: 'python', code, args: ['a b', '--x', ''], stdin: 'päth' });
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.stdout).toEqual({
      data: "['a b', '--x', ''] PÄTH\n",
      encoding: 'utf8',
      bytes: 25,
      truncated: false,
    });
    expect(result.ok).toBe(true);
  });

  test('writes files, and finds those that were sent', async () => {
    const files = [
      {
        path: 'main.py',
        content:
          'import util, pathlib\npathlib.Path("out.txt").write_text(util.word)\nprint(open("out.txt").read(), open("data/in.bin","rb").read())',
      },
      { path: 'util.py', content: 'word = "written"' },
      { path: 'data/in.bin', content: new Uint8Array([0, 255, 10]) },
    ];
    const result = await run({ language: 'python', files, entrypoint: 'main.py' });
    expect(result.stderr.data).toBe('');
    expect(result.stdout.data).toBe("written b'\\x00\\xff\\n'\n");
  });

  test('fails with its own code and message', async () => {
    const result = await run({ language: 'javascript', code: 'console.error("no"); process.exit(3)' });
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 3 });
    expect(result.stderr.data).toBe('no\n');
    expect(result.ok).toBe(false);
  });

  test('prints 5 MB: cut to the byte, and ended', async () => {
    const code = 'import sys\nsys.stdout.write("x" * 5_000_000)';
    const result = await run({ language: 'python', code });
    expect(result.outcome).toEqual({ kind: 'limit', limit: 'stdout' });
    expect(result.stdout).toMatchObject({ bytes: 1024 ** 2, truncated: true, encoding: 'utf8' });
    expect(result.limitsHit).toEqual(['stdout']);
  });

  test('prints 5 MB under truncate: cut, but it runs to its end', async () => {
    const code = 'import sys\nsys.stdout.write("x" * 5_000_000)\nsys.stderr.write("done")';
    const limits = { stdout: { size: '1000B', onExceed: 'truncate' } };
    const result = await run({ language: 'python', code, limits });
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.stdout).toMatchObject({ bytes: 1000, truncated: true });
    expect(result.stderr.data).toBe('done');
    expect(result.limitsHit).toEqual(['stdout']);
  });

  test.each([
    [1000, 1000, false],
    [1001, 1000, true],
    [999, 999, false],
  ])('output of %i bytes under a limit of 1000 keeps %i', async (printed, kept, truncated) => {
    const result = await run({
      argv: ['head', '-c', String(printed), '/dev/zero'],
      limits: { stdout: '1000B' },
    });
    expect(result.stdout).toMatchObject({ bytes: kept, truncated });
    expect(result.outcome.kind).toBe(truncated ? 'limit' : 'exited');
  });

  test('prints invalid UTF-8: base64', async () => {
    const result = await run({ language: 'python', code: 'import os\nos.write(1, b"\\xff\\xfe\\x00ok")' });
    expect(result.stdout).toEqual({ data: '//4Ab2s=', encoding: 'base64', bytes: 5, truncated: false });
  });

  test('a cut inside a character stays text', async () => {
    const result = await run({
      language: 'python',
      code: 'print("ä" * 100, end="")',
      limits: { stdout: { size: '11B', onExceed: 'truncate' } },
    });
    expect(result.stdout).toEqual({ data: 'äääää', encoding: 'utf8', bytes: 10, truncated: true });
  });

  test('reopens /dev/stdin, /dev/stdout and /dev/stderr by name', async () => {
    const script = 'cat /dev/stdin > /dev/stdout; echo e > /dev/stderr; echo t | tee /dev/stderr';
    const result = await run({ argv: ['bash', '-c', script], stdin: 'in\n' });
    expect(result.stdout.data).toBe('in\nt\n');
    expect(result.stderr.data).toBe('e\nt\n');
  });

  test('1 MB of stdin arrives whole; a program that does not read it is fine', async () => {
    const stdin = Buffer.alloc(1_000_000, 'z');
    const counted = await run({ argv: ['wc', '-c'], stdin });
    expect(counted.stdout.data.trim()).toBe('1000000');
    const ignored = await run({ argv: ['true'], stdin });
    expect(ignored.outcome).toEqual({ kind: 'exited', exitCode: 0 });
  });

  test('without stdin there is end of file at once', async () => {
    const result = await run({ argv: ['cat'] });
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
  });

  test('three languages say hello', async () => {
    for (const [language, code] of [
      ['python', 'print("hello")'],
      ['js', 'console.log("hello")'],
      ['bash', 'echo hello'],
    ] as const) {
      const result = await run({ language, code });
      expect([language, result.stdout.data, result.stderr.data]).toEqual([language, 'hello\n', '']);
    }
  });

  test('the environment is only what the contract names', async () => {
    const result = await run({ argv: ['env'], env: { EXTRA: 'x y' } });
    expect(result.stdout.data.trim().split('\n').sort()).toEqual([
      'EXTRA=x y',
      'HOME=/workspace',
      'LANG=C.UTF-8',
      'PATH=/usr/local/bin:/usr/bin',
      'TERM=dumb',
      'TMPDIR=/tmp',
      'USER=warder',
    ]);
  });

  test('usage has a source for every figure, and controls name who holds them', async () => {
    const code =
      'x = bytearray(50_000_000)\nfor i in range(0, len(x), 4096): x[i] = 1\nfor _ in range(2_000_000): pass';
    const result = await run({ language: 'python', code });
    const { usage } = result;
    expect(usage.memoryPeakBytes).toBeGreaterThan(50_000_000);
    expect(usage.memoryPeakBytes).toBeLessThan(70_000_000);
    expect(usage.cpuUserMs).toBeGreaterThan(10);
    expect(Object.keys(usage.sources).sort()).toEqual([
      'cpuSystemMs',
      'cpuUserMs',
      'memoryPeakBytes',
      'pidsPeak',
      'wallMs',
    ]);
    const memory = result.controls.find(({ control }) => control === 'memory');
    expect(memory).toEqual({
      control: 'memory',
      value: 512 * 1024 ** 2,
      enforcedBy: [usage.sources.cpuUserMs],
    });
    expect(result.weakenings.map(({ id }) => id)).toEqual(['rootfs']);
  });

  test('exec errors are told apart', async () => {
    const files = [
      { path: 'plain', content: 'not executable' },
      { path: 'garbage', content: '\u0001\u0002\u0003', mode: '0755' },
    ];
    const errno = async (argv: string[]) => (await run({ argv, files })).outcome;
    expect(await errno(['no-such-command'])).toEqual({ kind: 'notStarted', errno: 'ENOENT' });
    expect(await errno(['/workspace/plain'])).toEqual({ kind: 'notStarted', errno: 'EACCES' });
    expect(await errno(['/workspace/garbage'])).toEqual({ kind: 'notStarted', errno: 'ENOEXEC' });
    expect(await errno(['/etc/passwd/x'])).toEqual({ kind: 'notStarted', errno: 'ENOTDIR' });
    const missing = await run({ argv: ['true'], cwd: '/nowhere' });
    expect(missing.outcome).toEqual({ kind: 'notStarted', errno: 'ENOENT' });
    expect(missing.evidence.execFailed?.step).toBe('chdir');
  });
});
