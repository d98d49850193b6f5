/**
 * Repairs carried out: what `warder doctor` prints on a broken host is applied as it stands, by whom it says, and then
 * `warder cmd` works there.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { doctorReportSchema } from '#cli/doctor-schema.ts';
import type { CheckResult, DoctorReport, Fix } from '#internal.ts';
import { MAIN } from '../helpers/cli.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

/** Where somebody uses warder: words that start `bash` there, with a script as their last argument. */
export interface Place {
  readonly asUser: readonly string[];
  readonly asRoot: readonly string[];
  /** It is made for each script: what is done by one is gone with it. */
  readonly isContainer?: true;
}

const UNIT = ['systemd-run', '--quiet', '--wait', '--pipe', '--collect'];
const BASH = ['bash', '-c'];

export const ROOT: Place = { asUser: [...UNIT, '-p', 'Delegate=yes', ...BASH], asRoot: BASH };
/** With a systemd of his own. */
export const TESTER: Place = {
  asUser: [...UNIT, '-M', 'tester@', '--user', '-p', 'Delegate=yes', ...BASH],
  asRoot: BASH,
};
/** In a service of the system, with nothing. */
export const PLAIN: Place = { asUser: [...UNIT, '-p', 'User=plain', ...BASH], asRoot: BASH };

/**
 * A container: a cgroup namespace with a mount of its own, as a container manager leaves it to its process 1. `mount` are
 * options of that mount, `beside` a command that runs in the same group.
 */
export function container(mount: string, uid = 0, beside = 'true'): Place {
  const enter = [...UNIT, '-p', 'Delegate=yes', 'unshare', '--cgroup', '--mount', '--propagation', 'private'];
  const mounted = `umount /sys/fs/cgroup && mount -t cgroup2 -o ${mount} cgroup2 /sys/fs/cgroup`;
  const user = uid === 0 ? '' : `setpriv --reuid ${uid} --regid ${uid} --clear-groups --`;
  const start = (as: string): string => `${mounted} && { ${beside} & exec ${as} bash -c "$0"; }`;
  return {
    asUser: [...enter, ...BASH, start(user)],
    asRoot: [...enter, ...BASH, start('')],
    isContainer: true,
  };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runIn(words: readonly string[], script: string, input = ''): Ended {
  const [path = '', ...rest] = [...words, script];
  // systemd expands variables in the words of a unit's command line (systemd.service(5), "Command Lines").
  const args = path === 'systemd-run' ? rest.map((word) => word.replaceAll('$', '$$$$')) : rest;
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };
  const options = { env, input, cwd: '/', timeout: 10_000 * SLOWNESS, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(path, args, options);
  return { code: status, stdout, stderr };
}

/** As root, and it has to succeed. */
export function carryOut(script: string, words: readonly string[] = BASH): void {
  const { code, stderr } = runIn(words, `set -e -o pipefail\n${script}`);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  if (code !== 0) throw new Error(stderr);
}

/** A knob of /proc/sys, or of a group, with another value, for as long as the body takes. */
export function withSysctl(path: string, value: string, body: () => void): void {
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, value);
  try {
    body();
  } finally {
    writeFileSync(path, before);
  }
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
const warder = (...words: readonly string[]): string =>
  [process.execPath, MAIN, ...words].map(quote).join(' ');

export interface Shell {
  /** What was typed into it before. */
  readonly before: string;
  /** It replaces itself by another shell, which reads what comes next. */
  readonly isReplaced: boolean;
}
const FRESH: Shell = { before: '', isReplaced: false };

function typed(words: readonly string[], command: string, { before, isReplaced }: Shell): Ended {
  if (isReplaced) return runIn(words, before, `${command}\n`);
  return runIn(words, before === '' ? command : `${before}\n${command}`);
}

export interface Diagnosis {
  readonly code: number | null;
  readonly report: DoctorReport;
}

export function doctorIn(
  words: readonly string[],
  args: readonly string[] = [],
  shell: Shell = FRESH,
): Diagnosis {
  const { code, stdout, stderr } = typed(words, warder('doctor', '--json', ...args), shell);
  expect(stdout, stderr).toMatch(/^\{/);
  return { code, report: doctorReportSchema.parse(JSON.parse(stdout)) };
}

/** Exit code of `warder cmd -- true`, or of `warder run` where a language is named, and the code of a refusal. */
export function runWarder(
  words: readonly string[],
  args: readonly string[] = [],
  shell: Shell = FRESH,
): { readonly exit: number | null; readonly code: string | undefined } {
  const command = args.includes('--lang')
    ? ['run', '--json', ...args]
    : ['cmd', '--json', ...args, '--', 'true'];
  const { code, stdout, stderr } = typed(words, warder(...command), shell);
  expect(stdout, stderr).toMatch(/^\{/);
  const { error } = JSON.parse(stdout) as { error?: { code: string } };
  return { exit: code, code: error?.code };
}

export function failed({ checks }: DoctorReport): string[] {
  return checks.filter(({ state }) => state === 'failed').map(({ id, found }) => `${id}: ${found}`);
}

export function find({ checks }: DoctorReport, id: string): CheckResult {
  const found = checks.find((check) => check.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

export interface Broken {
  /** The check that names the cause. */
  readonly check: string;
  /** With which runs are refused. */
  readonly code: string;
  /** Options of the doctor and of runs, such as a policy. */
  readonly args?: readonly string[];
}

/** What is applied to a shell lasts as long as the shell. */
const OF_SHELL = /^(?:export|unset|exec) /m;

/**
 * Diagnosis and refusal agree; then the printed repairs, one after the other, until `warder cmd` works. The doctor is asked
 * again only while it does not: it takes a quarter of a minute under emulation, and its own word is not what counts.
 */
export function expectRepairable(place: Place, { check, code, args = [] }: Broken): readonly Fix[] {
  const { report } = expectRefused(place, { check, code, args });
  const applied: Fix[] = [];
  let at: { readonly words: readonly string[]; readonly shell: Shell } = {
    words: place.asUser,
    shell: FRESH,
  };
  let wanted = find(report, check);
  for (;;) {
    const { fix } = wanted;
    if (fix === null) throw new Error(`${wanted.id} has no repair`);
    applied.push(fix);
    at = apply(fix, place, at);
    const { exit, code: still } = runWarder(at.words, args, at.shell);
    if (exit === 0) return applied;
    expect([applied.length, exit, still]).toEqual([1, 69, expect.any(String)]);
    wanted = firstRepairable(doctorIn(at.words, args, at.shell).report);
  }
}

export function expectRefused({ asUser }: Place, { check, code, args = [] }: Broken): Diagnosis {
  const diagnosis = doctorIn(asUser, args);
  expect(failed(diagnosis.report)).toContainEqual(expect.stringMatching(`^${check}: `));
  expect([diagnosis.code, find(diagnosis.report, check).code]).toEqual([69, code]);
  // A launcher that fails for a reason nobody knows is not told from a failure of warder.
  expect(runWarder(asUser, args)).toEqual({ exit: code.startsWith('HOST_') ? 69 : 70, code });
  return diagnosis;
}

/** @returns where the user goes on */
function apply(
  { script, asRoot }: Fix,
  place: Place,
  { words, shell }: { readonly words: readonly string[]; readonly shell: Shell },
): { readonly words: readonly string[]; readonly shell: Shell } {
  if (!OF_SHELL.test(script) && !place.isContainer) {
    carryOut(script, asRoot ? place.asRoot : place.asUser);
    return { words, shell };
  }
  const before = [shell.before, script].filter((text) => text !== '').join('\n');
  return {
    words: asRoot ? place.asRoot : words,
    shell: { before, isReplaced: /^exec /m.test(script) },
  };
}

function firstRepairable({ checks }: DoctorReport): CheckResult {
  const found = checks.find(({ state, fix }) => state === 'failed' && fix !== null);
  if (found === undefined) throw new Error('what has failed has no repair');
  return found;
}
