/**
 * The command line's second start in a scope of its own: to whoever started the first one it is that one. The tests of an
 * ordinary user start it from a scope without delegation; after a login over ssh it is in such a one anyway.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAIN } from '../helpers/cli.ts';
import { gate } from '../helpers/gate.ts';
import { eventually } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';
import { leftGroups, parseAnswer } from './answers.ts';

const isLogin = process.env['WARDER_VM'] === 'ssh';
const UNDELEGATED = isLogin ? [] : ['systemd-run', '--user', '--scope', '--quiet', '--collect', '--'];
const SOON_MS = 2000 * SLOWNESS;

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}
interface Ended {
  /** The code or the signal. */
  readonly end: number | string | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}
interface StartOptions {
  readonly input?: Buffer | 'open';
  readonly env?: Readonly<Record<string, string>>;
  readonly detached?: boolean;
}

let started: ChildProcess[] = [];
let directory = '';
let marker = '';
beforeEach(() => {
  started = [];
  directory = mkdtempSync(join(tmpdir(), 'warder-test-'));
  marker = `9${process.pid}${Math.floor(Math.random() * 1e6)}`;
});
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
  expect(await eventually(() => leftGroups().length === 0, SOON_MS), leftGroups().join()).toBe(true);
});

function start(words: readonly string[], { input, env, detached = false }: StartOptions = {}): Started {
  const [program = '', ...args] = words;
  const child = spawn(program, args, { detached, env: { ...process.env, ...env } });
  started.push(child);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  if (input !== 'open') child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) =>
      resolve({ end: signal ?? code, stdout: Buffer.concat(stdout), stderr: String(Buffer.concat(stderr)) }),
    );
  });
  return { child, ended };
}

const WARDER = [process.execPath, MAIN, 'cmd'];
const command = (...words: readonly string[]): readonly string[] => [...UNDELEGATED, ...WARDER, ...words];
/** Something that runs until it is ended, and can be found. */
const sleeper = (...options: readonly string[]) => command(...options, '--', 'sleep', marker);
const inTerminal = (words: readonly string[]): readonly string[] => [
  'script',
  '-qec',
  `exec ${words.join(' ')}`,
  '/dev/null',
];

const readProc = (pid: number | string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};
const allPids = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));
const isAsleep = (): boolean => allPids().some((pid) => readProc(pid, 'cmdline') === `sleep\0${marker}\0`);

/** Supervisors of our program: the first one and the one inside, by the command line that both have. */
function supervisors(): { readonly pid: number; readonly parent: number; readonly group: string }[] {
  return allPids().flatMap((pid) => {
    const words = readProc(pid, 'cmdline').split('\0');
    if (
      !words.includes(MAIN) ||
      !words.some((word) => word.includes(marker)) ||
      words[0] !== process.execPath
    )
      return [];
    const parent = Number(/^PPid:\t(\d+)/m.exec(readProc(pid, 'status'))?.[1]);
    return [{ pid: Number(pid), parent, group: readProc(pid, 'cgroup').trim() }];
  });
}

/** Waits for the program to run, and tells who is who; fails unless there was exactly one second start. */
async function whoIsWho(): Promise<{ readonly first: number; readonly inside: number }> {
  expect(await eventually(isAsleep, 30_000 * SLOWNESS)).toBe(true);
  const [one, two, ...more] = supervisors();
  expect(more).toEqual([]);
  const [first, inside] = two?.parent === one?.pid ? [one, two] : [two, one];
  expect(inside?.parent).toBe(first?.pid);
  // The one inside has moved itself aside in its scope.
  expect(inside?.group).toMatch(/\/warder-cli-[0-9a-f]{12}\.scope\/warder-supervisor$/);
  expect(first?.group).not.toContain('warder-');
  return { first: first?.pid ?? 0, inside: inside?.pid ?? 0 };
}

const nobodyIsLeft = (): Promise<boolean> =>
  eventually(() => !isAsleep() && supervisors().length === 0, SOON_MS);

test('exit code, bytes in and out, and arguments, whatever is in them', async () => {
  const input = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const words = command(
    '--',
    'sh',
    '-c',
    'cat; printf "%s\\n" "$@" >&2; exit 7',
    'sh',
    '$HOME',
    '%n %h',
    '',
    '--',
  );
  expect(await start(words, { input }).ended).toEqual({
    end: 7,
    stdout: input,
    stderr: '$HOME\n%n %h\n\n--\n',
  });
});

test('--json is one result and nothing else, with the exit code of a limit', async () => {
  const { end, stdout, stderr } = await start(command('--json', '--timeout', '300ms', '--', 'sleep', '60'))
    .ended;
  expect([end, stderr, String(stdout).split('\n').length]).toEqual([124, '', 2]);
  expect(parseAnswer(124, String(stdout), stderr).outcome).toEqual({ kind: 'limit', limit: 'wall' });
});

test('closed standard streams', async () => {
  const closed = ['sh', '-c', 'exec "$@" <&- >&- 2>&-', 'sh', ...WARDER, '--', 'sh', '-c', 'cat; exit 7'];
  expect(await start([...UNDELEGATED, ...closed]).ended).toMatchObject({ end: 7 });
});

test('a reader that goes away', async () => {
  const flood = command('--allow-widen', '--set', 'limits.stdout=unlimited', '--', 'yes');
  const script = `"$@" | head -1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await start(['bash', '-c', script, 'bash', ...flood]).ended;
  expect([String(stdout), stderr]).toEqual(['y\n141\n', '']);
});

// SIGINT: see the terminals below.
test.each(['SIGTERM', 'SIGHUP'] as const)('%s to the first one alone', async (signal) => {
  const { ended } = start(sleeper('--json'));
  const { first } = await whoIsWho();
  process.kill(first, signal);
  const { end, stdout, stderr } = await ended;
  expect([end, stderr]).toEqual([signal, '']);
  expect(parseAnswer(null, String(stdout), stderr).outcome).toEqual({ kind: 'canceled' });
  expect(await nobodyIsLeft()).toBe(true);
});

test('SIGTERM to the whole process group, as timeout(1) sends it', async () => {
  const { child, ended } = start(sleeper('--json'), { detached: true });
  await whoIsWho();
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  const { end, stdout, stderr } = await ended;
  expect([end, stderr]).toEqual(['SIGTERM', '']);
  expect(parseAnswer(null, String(stdout), stderr).outcome).toEqual({ kind: 'canceled' });
});

test('SIGKILL to the first one: nothing outlives it', async () => {
  const { ended } = start(sleeper());
  const { first } = await whoIsWho();
  process.kill(first, 'SIGKILL');
  expect(await ended).toMatchObject({ end: 'SIGKILL' });
  expect(await nobodyIsLeft()).toBe(true);
});

test('SIGKILL to the one inside: the first one ends in the same way', async () => {
  const { ended } = start(sleeper());
  const { inside } = await whoIsWho();
  process.kill(inside, 'SIGKILL');
  expect(await ended).toMatchObject({ end: 'SIGKILL' });
  expect(await nobodyIsLeft()).toBe(true);
});

test('a terminal: Ctrl-C is one request, and control sequences are made harmless', async () => {
  const program = ['bash', '-c', `'printf "\\\\033[31mred"; exec sleep ${marker}'`];
  const { child, ended } = start(inTerminal(command('--', ...program)), { input: 'open' });
  await whoIsWho();
  child.stdin?.write('\x03');
  const { end, stdout } = await ended;
  expect(end).toBe(130);
  expect(String(stdout)).toContain('red');
  expect(String(stdout)).not.toContain('\x1b[31mred');
  expect(String(stdout).match(/canceled by SIGINT/g)).toHaveLength(1);
});

test('a terminal: SIGINT to the first one alone', async () => {
  const { ended } = start(inTerminal(sleeper()), { input: 'open' });
  const { first } = await whoIsWho();
  process.kill(first, 'SIGINT');
  const { end, stdout } = await ended;
  expect([end, String(stdout)]).toEqual([130, expect.stringContaining('canceled by SIGINT')]);
});

test('a terminal that goes away takes everything with it', async () => {
  const { child } = start(inTerminal(sleeper()), { input: 'open' });
  await whoIsWho();
  child.kill('SIGKILL');
  expect(await nobodyIsLeft()).toBe(true);
});

/** What `warder cmd` answers where systemd cannot help: refused before anything ran, with systemd's reason. */
async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
  const { end, stdout, stderr } = await start(command('--json', '--', 'true'), { env }).ended;
  const { error } = parseAnswer(null, String(stdout), stderr);
  expect([end, error?.code]).toEqual([69, 'HOST_CONTROL_UNENFORCEABLE']);
  return error?.message ?? '';
}

/** A socket that takes connections and says nothing. */
async function listen(path: string): Promise<Server> {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

gate(
  'login',
  isLogin,
  'the scope in which these start is made by the same systemd',
)('a systemd that', () => {
  test('cannot be asked, since there is no systemd-run', async () => {
    for (const name of ['bwrap', 'systemctl', 'busctl'])
      symlinkSync(`/usr/bin/${name}`, join(directory, name));
    expect(await refusal({ PATH: directory })).toContain('systemd-run cannot be started');
  });

  test('is gone, with its socket still there', async () => {
    const server = await listen(join(directory, 'draft'));
    // Node removes what it has made, under the name that it knows.
    renameSync(join(directory, 'draft'), join(directory, 'bus'));
    await new Promise((resolve) => server.close(resolve));
    const env = { XDG_RUNTIME_DIR: directory, DBUS_SESSION_BUS_ADDRESS: `unix:path=${directory}/bus` };
    expect(await refusal(env)).toContain("a transient scope of the user's systemd");
  });

  test('does not answer, and is given up', async () => {
    const server = await listen(join(directory, 'bus'));
    const startMs = performance.now();
    const env = { XDG_RUNTIME_DIR: directory, DBUS_SESSION_BUS_ADDRESS: `unix:path=${directory}/bus` };
    expect(await refusal(env)).toContain("a transient scope of the user's systemd");
    expect(performance.now() - startMs).toBeLessThan(60_000 + 3000 * SLOWNESS);
    server.close();
  });
});
