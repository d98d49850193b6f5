/** The built command line as its users meet it: a child process with arguments, pipes and an exit status. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorReportSchema, runResultSchema } from '#cli/result-schema.ts';
import { cli, MAIN, shown } from '../helpers/cli.ts';
import { eventually, sandboxed } from '../helpers/sandbox.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warder-cli-'));
  const files: Readonly<Record<string, string>> = {
    'args.py': 'import sys\nprint(sys.argv[1:], sys.stdin.read())',
    'module.mjs': "import { basename } from 'node:path';\nconsole.log(basename(import.meta.url));",
    'empty.py': '',
    'input.txt': 'puts 1',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

sandboxed('warder run and cmd', () => {
  test('a file with arguments after -- and its standard input', async () => {
    const args = ['run', `${directory}/args.py`, '--timeout', '20s', '--', '--json', 'a b', '--', ''];
    expect(await shown(args, { input: 'in' })).toEqual([0, "['--json', 'a b', '--', ''] in\n", '']);
  });

  test('the source from standard input, whose program then has none', async () => {
    const input = 'import sys\nprint([sys.stdin.read()])';
    expect(await shown(['run', '-', '--lang', 'python'], { input })).toEqual([0, "['']\n", '']);
  });

  test('standard input from a file, files into the workspace, the extension of the source', async () => {
    const stdin = ['--stdin', `${directory}/input.txt`, '--file', `${directory}/args.py:sub/x`];
    expect(await shown(['cmd', ...stdin, '--', 'sh', '-c', 'cat; ls sub'])).toEqual([0, 'puts 1x\n', '']);
    expect(await shown(['run', `${directory}/module.mjs`])).toEqual([0, 'main.mjs\n', '']);
  });

  test('a launcher that WARDER_BWRAP names is used or refused, never replaced', async () => {
    const env = { WARDER_BWRAP: '/nonexistent/bwrap' };
    const [code, stdout, stderr] = await shown(['cmd', '--', 'true'], { env });
    expect([code, stdout]).toEqual([69, '']);
    expect(stderr).toMatch(
      /^warder: HOST_ENGINE_UNUSABLE: WARDER_BWRAP names \/nonexistent\/bwrap, .*ENOENT/,
    );
  });

  test('an empty program', async () => {
    expect(await shown(['run', `${directory}/empty.py`])).toEqual([0, '', '']);
  });

  test('bytes pass through unchanged; streams stay apart', async () => {
    const input = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const { stdout, stderr, code } = await cli(['cmd', '--', 'sh', '-c', 'cat; echo e >&2'], { input });
    expect([code, stdout, stderr]).toEqual([0, input, 'e\n']);
  });

  test('large input arrives whole, and a program need not read it', async () => {
    const input = Buffer.alloc(20_000_000, 'z');
    expect(await shown(['cmd', '--', 'wc', '-c'], { input })).toEqual([0, '20000000\n', '']);
    expect(await shown(['cmd', '--', 'true'], { input })).toEqual([0, '', '']);
  });

  test('a standard input that never ends does not keep a finished run', async () => {
    expect(await shown(['cmd', '--', 'echo', 'hi'], { input: 'idle' })).toEqual([0, 'hi\n', '']);
  });

  test.each([0, 1, 2, 64, 69, 70, 118, 124, 126, 127, 128, 137, 255])(
    'exit code %i is passed on',
    async (n) => {
      expect(await shown(['cmd', '--', 'sh', '-c', `exit ${n}`])).toEqual([n, '', '']);
    },
  );

  test.each<[readonly string[], number, RegExp]>([
    [['--', 'no-such-command'], 127, /^warder: the command was not found/],
    [['--', '/etc'], 126, /could not be executed in the sandbox: EACCES/],
    [['--cwd', '/nope', '--', 'ls'], 126, /working directory/],
    [['--', 'sh', '-c', 'kill -SEGV $$'], 139, /^warder: ended by SIGSEGV/],
    [['--', 'sh', '-c', 'kill -9 $$'], 137, /^warder: ended by SIGKILL/],
    [['--timeout', '300ms', '--', 'sleep', '60'], 124, /^warder: time limit of 300ms reached; .*--timeout/],
    [['--set', 'limits.stdout=10B', '--', 'yes'], 121, /^warder: limit on standard output of 10B reached/],
    [
      ['--set', 'limits.cpuTime=200ms', '--', 'sh', '-c', 'while :; do :; done'],
      123,
      /^warder: CPU time limit/,
    ],
    [
      ['--memory', '32MiB', '--', 'tail', '/dev/zero'],
      122,
      /^warder: memory limit of 32MiB reached; .*--memory/,
    ],
    [['--set', 'seccomp.deny=[mkdir]', '--', 'mkdir', 'x'], 119, /^warder: ended by seccomp: .* mkdir/],
  ])('cmd %j exits with %i', async (args, code, line) => {
    const ended = await shown(['cmd', ...args]);
    expect([ended[0], ended[2]]).toEqual([code, expect.stringMatching(line)]);
    expect(ended[2].trimEnd().split('\n')).toHaveLength(1);
    expect(await shown(['cmd', '--quiet', ...args])).toEqual([code, expect.anything(), '']);
  });

  test('--json is one RunResult and nothing else, with the same exit code', async () => {
    const program = ['--timeout', '1s', '--', 'sh', '-c', 'echo o; echo e >&2; exec sleep 9'];
    const [code, stdout, stderr] = await shown(['cmd', '--json', ...program]);
    expect([code, stderr, stdout.split('\n').length]).toEqual([124, '', 2]);
    const result = runResultSchema.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ outcome: { kind: 'limit', limit: 'wall' }, stdout: { data: 'o\n' } });
    expect(result.stderr.data).toBe('e\n');
  });

  test('--json for what is not the program’s failure is an error object', async () => {
    for (const args of [
      ['cmd', '--json', '--policy', 'nope', '--', 'ls'],
      ['run', '--json', '--nonsense'],
    ]) {
      const [code, stdout, stderr] = await shown(args);
      expect([code, stderr, stdout.split('\n').length]).toEqual([64, '', 2]);
      expect(errorReportSchema.parse(JSON.parse(stdout)).error.stage).toMatch(/policy|request/);
    }
  });

  test('a widening needs --allow-widen, and is recorded', async () => {
    const args = ['cmd', '--json', '--memory', '4GiB'];
    const refused = await shown([...args, '--', 'true']);
    expect([refused[0], JSON.parse(refused[1]).error.code]).toEqual([64, 'REQUEST_BEYOND_CEILING']);
    const taken = await shown([...args, '--allow-widen', '--', 'true']);
    expect(JSON.parse(taken[1]).weakenings).toContainEqual(expect.objectContaining({ id: 'memory' }));
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s cancels, leaves nothing, and is passed on',
    async (signal) => {
      const marker = `${process.pid}${signal === 'SIGINT' ? 1 : 2}`;
      const sleeping = async () => (await findSleepers(marker)).length > 0;
      const ended = await cli(['run', '--lang', 'bash', '-e', `trap "" INT TERM; sleep 9${marker}`], {
        onStarted: async (pid) => {
          expect(await eventually(sleeping, 20_000)).toBe(true);
          process.kill(pid, signal);
        },
      });
      expect([ended.code, ended.signal, ended.stderr]).toEqual([
        null,
        signal,
        `warder: canceled by ${signal}\n`,
      ]);
      expect(await sleeping()).toBe(false);
    },
  );

  test('two signals at once are one request: timeout(1) and a terminal can send it twice', async () => {
    const marker = `${process.pid}3`;
    const child = spawn(process.execPath, [MAIN, 'cmd', '--json', '--', 'sleep', `9${marker}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { pid = 0 } = child;
    const log: string[] = [];
    child.stdout.on('data', (chunk) => log.push(String(chunk)));
    const ended = new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)));
    expect(await eventually(async () => (await findSleepers(marker)).length > 0, 20_000)).toBe(true);
    // Two different ones, since the kernel keeps equal ones that are pending only once.
    for (const signal of ['SIGINT', 'SIGTERM']) process.kill(pid, signal);
    expect(['SIGINT', 'SIGTERM']).toContain(await ended);
    expect(JSON.parse(log.join(''))).toMatchObject({ outcome: { kind: 'canceled' } });
  });

  test('a reader that goes away ends the run, quietly', async () => {
    const flood = `${process.execPath} ${MAIN} cmd --allow-widen --set limits.stdout=unlimited -- yes`;
    const child = spawn('bash', ['-c', `${flood} | head -1; echo "\${PIPESTATUS[0]}"`]);
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => output.push(String(chunk)));
    await new Promise((resolve) => child.once('close', resolve));
    expect(output.join('')).toBe('y\n141\n');
  });

  test('the log has one audit event, without the program’s output', async () => {
    const file = join(directory, 'audit.log');
    await shown(['cmd', '--log-file', file, '--', 'echo', 'secret']);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ event: 'run', outcome: { kind: 'exited', exitCode: 0 } }),
    ]);
    expect(lines.join('')).not.toContain('"secret');
  });
});

/** Host pids whose command line is `sleep 9<marker>`. */
async function findSleepers(marker: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, i) => lines[i] === `sleep\u00009${marker}\u0000`);
}
