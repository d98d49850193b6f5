/** What the built command line says to wrong input, and the commands that start no sandbox. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { built, MAIN, shown } from '../helpers/cli.ts';
import { sandboxed } from '../helpers/sandbox.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warder-cli-'));
  mkdirSync(join(directory, 'nowhere'));
  mkdirSync(join(directory, 'folder.py'));
  symlinkSync(process.execPath, join(directory, 'nowhere/node'));
  const files: Readonly<Record<string, string>> = {
    'source.pl': 'puts 1',
    'bad.yaml': 'version: 1\nname: bad\nextends: [base]\nlimits: { memroy: 1GiB, wall: 5 }\n',
    'not-yaml.yaml': 'a: [',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

built('arguments as bytes', () => {
  // Node would encode them: only a shell can write such an argument.
  const bash = (argument: string) =>
    promisify(execFile)('bash', ['-c', `exec node "$0" seccomp show "$(printf '${argument}')"`, MAIN]).catch(
      (error: unknown) => error,
    );

  test('what is not UTF-8 is refused, not changed; U+FFFD itself is an argument like others', async () => {
    const message = expect.stringContaining('an argument is not UTF-8 text');
    expect(await bash('d\\xffefault')).toMatchObject({ code: 64, stdout: '', stderr: message });
    const other = { code: 64, stderr: expect.stringContaining('d\uFFFDefault') };
    expect(await bash('d\\xef\\xbf\\xbdefault')).toMatchObject(other);
  });
});

built('bad input: one screen with a code, no stack trace', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['unknown command', ['rnu'], /unknown command 'rnu'\nhint: Did you mean run\?/],
    ['unknown option', ['run', '--memroy', '1GiB', 'a.py'], /--memroy'\nhint: Did you mean --memory\?/],
    ['nothing to run', ['run'], /nothing to run/],
    ['no command', ['cmd'], /no command to run/],
    ['missing source', ['run', '/nope/a.py'], /cannot read \/nope\/a.py: ENOENT/],
    ['directory as source', ['run', 'DIR/folder.py'], /folder.py is a directory/],
    ['unknown extension', ['run', 'DIR/source.pl'], /--lang ID; known: python, javascript, typescript, bash/],
    ['unknown language', ['run', '--lang', 'pyhton', '-e', '1'], /unknown language `pyhton`/],
    ['code without language', ['run', '-e', '1'], /--lang/],
    ['source and stdin', ['run', '-', '--lang', 'python', '--stdin', '-'], /both the source and the input/],
    ['unknown engine', ['cmd', '--engine', 'docker', '--', 'ls'], /docker.* Allowed choices/],
    ['unknown policy', ['cmd', '--policy', 'strct', '--', 'ls'], /Did you mean `strict`/],
    ['missing policy file', ['cmd', '--policy', './none.yaml', '--', 'ls'], /POLICY_NOT_FOUND/],
    [
      'malformed policy',
      ['cmd', '--policy', 'DIR/bad.yaml', '--', 'ls'],
      /4:11: limits.*did you mean `memory`[\s\S]*4:31: limits.wall/,
    ],
    ['broken YAML', ['policy', 'check', 'DIR/not-yaml.yaml'], /not-yaml.yaml:1:/],
    ['directory as policy', ['policy', 'show', 'DIR/'], /EISDIR/],
    ['limit without unit', ['cmd', '--memory', '100', '--', 'ls'], /--memory: 100 has no unit/],
    ['unknown field', ['cmd', '--set', 'limits.memroy=1GiB', '--', 'ls'], /did you mean `memory`/],
    ['directory as file', ['cmd', '--file', 'DIR', '--', 'ls'], /--file: .* is a directory\nhint:/],
    ['missing stdin file', ['cmd', '--stdin', '/nope', '--', 'ls'], /cannot read \/nope: ENOENT/],
    ['bad variable', ['cmd', '--env', 'A', '--', 'ls'], /--env: expected NAME=VALUE/],
    ['unwritable log', ['cmd', '--log-file', '/nope/log', '--', 'ls'], /--log-file: cannot write/],
    ['unknown schema', ['schema', 'reslt'], /Did you mean result\?/],
  ])('%s', async (_, args, message) => {
    const [code, stdout, stderr] = await shown(args.map((arg) => arg.replace('DIR', directory)));
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(/^warder: [A-Z_]+: /);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.split('\n').length).toBeLessThan(24);
  });

  test('events are refused clearly, in JSON', async () => {
    const [code, stdout, stderr] = await shown(['cmd', '--json=events', '--', 'ls']);
    expect([code, stderr]).toEqual([64, '']);
    expect(JSON.parse(stdout).error.message).toMatch(/^--json: takes no value/);
  });

  test('--json of the command that is to be run is not ours', async () => {
    const [code, stdout, stderr] = await shown(['cmd', '--policy', 'nope', 'ls', '--json']);
    expect([code, stdout, stderr]).toEqual([64, '', expect.stringMatching(/^warder: POLICY_NOT_FOUND/)]);
  });

  test('a missing launcher is the host’s: 69', async () => {
    const [code, , stderr] = await shown(['cmd', '--', 'ls'], { env: { PATH: join(directory, 'nowhere') } });
    expect([code, stderr]).toEqual([
      69,
      expect.stringMatching(/^warder: HOST_ENGINE_MISSING: .*\nhint: Install/),
    ]);
  });
});

built('what runs nothing', () => {
  test('--help of every command has an example, --version is that of the package', async () => {
    for (const command of ['run', 'cmd', 'render', 'policy', 'languages', 'gc', 'schema']) {
      expect(await shown([command, '--help'])).toEqual([0, expect.stringMatching(/Examples?:\n {2}\S/), '']);
    }
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
    expect(await shown(['--version'])).toEqual([0, `${version}\n`, '']);
  });

  test('policies, languages and schemas can be listed', async () => {
    expect((await shown(['policy', 'list']))[1]).toMatch(/^NAME +DESCRIPTION\nbase /);
    expect((await shown(['policy', 'diff', 'strict', 'strict']))[1]).toBe('strict and strict are the same\n');
    const [python] = JSON.parse((await shown(['languages', '--json']))[1]);
    expect(python).toMatchObject({ id: 'python', compiled: false, works: expect.any(Boolean) });
    expect((await shown(['languages']))[1]).toMatch(/\npython +Python .* (?:yes|no: .+)\n/);
    expect(JSON.parse((await shown(['schema', 'policy']))[1])).toHaveProperty('properties.limits');
  });
});

sandboxed('warder render', () => {
  test('render shows the plan, and starts nothing of it', async () => {
    const [code, stdout] = await shown([
      'render',
      'cmd',
      '--memory',
      '64MiB',
      '--json',
      '--',
      'touch',
      '/tmp/x y',
    ]);
    const plan = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(plan.program.argv).toEqual(['touch', '/tmp/x y']);
    expect(plan.launcher.options).toContainEqual(['--cap-drop', 'ALL']);
    expect(plan.controls).toContainEqual(
      expect.objectContaining({ control: 'memory', value: 64 * 1024 ** 2 }),
    );
    const [, text] = await shown(['render', 'run', '--lang', 'python', '-e', '1']);
    expect(text).toMatch(
      /^Plan:\n[\s\S]*\nLauncher options:\n[\s\S]*\nControls .*:\n[\s\S]*\nSystem calls:\n/,
    );
  });
});
