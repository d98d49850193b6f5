/** bubblewrap, tried as the uid that runs will have: what it promises, and what it should not do. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Trial, type TrialOptions, tryProcess } from '#launch/trial.ts';
import { LIBRARIES, readMountFlags, SHOW_MOUNTS } from './mount-flags.ts';
import type { Scratch } from './scratch.ts';
import { howItEnded, SURVEY_PATH } from './survey.ts';
import type { LauncherFacts, TrialVerdict } from './types.ts';

export interface TrialPlace {
  /** Of the launcher. */
  readonly path: string;
  readonly scratch: Scratch;
  readonly ids: TrialOptions['ids'];
  /** Descriptor of the native program. */
  readonly nativeFd: number;
}

const TIMEOUT_MS = 5000;
const ARGS_FD = 4;

/** As src/engines/bubblewrap/argv.ts has it for every run. */
const ISOLATION = [
  ...['--unshare-user', '--uid', '1000', '--gid', '1000', '--disable-userns'],
  ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup'],
  ...['--hostname', 'warder', '--die-with-parent', '--new-session', '--as-pid-1'],
  ...['--cap-drop', 'ALL', '--clearenv'],
];

export async function tryBubblewrap(place: TrialPlace): Promise<Pick<LauncherFacts, 'jail' | 'trials'>> {
  const [jail, planted, dying, mountFlags] = await Promise.all([
    tryJail(place),
    tryPlantedLink(place),
    tryDyingWithParent(place),
    tryMountFlags(place),
  ]);
  return { jail, trials: { plantedLink: planted, diesWithParent: dying, mountFlags } };
}

async function tryMountFlags({ path, ids }: TrialPlace): Promise<TrialVerdict> {
  const mounts = ['--ro-bind', '/usr', '/usr', '--proc', '/proc', '--tmpfs', '/tmp'];
  const links = LIBRARIES.flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]);
  const words = ['--unshare-user', '--die-with-parent', '--cap-drop', 'ALL', ...mounts, ...links];
  const trial = await tryProcess(path, [...words, '--', ...SHOW_MOUNTS], { ids, timeoutMs: TIMEOUT_MS });
  return readMountFlags(trial);
}

/** Options through `--args`, a fresh /proc made read-only, and the survey inside, which says whether both hold. */
async function tryJail({ path, scratch, ids, nativeFd }: TrialPlace): Promise<Trial> {
  const mounts = [
    '--size',
    '65536',
    '--tmpfs',
    '/',
    '--proc',
    '/proc',
    '--remount-ro',
    '/proc',
    '--remount-ro',
    '/',
  ];
  const file = await scratch.file(
    'bwrap-args',
    [...ISOLATION, ...mounts].map((word) => `${word}\0`).join(''),
  );
  const handle = await open(file, 'r');
  try {
    const words = ['--args', String(ARGS_FD), '--', SURVEY_PATH, 'survey'];
    return await tryProcess(path, words, { ids, fds: [nativeFd, handle.fd], timeoutMs: TIMEOUT_MS });
  } finally {
    await handle.close();
  }
}

/**
 * CVE-2026-87766: before 0.12.0 and the backports of its repair, setting up a file below a writable bind follows a link
 * that lies there to the host's own tree, which is at /oldroot by then. Both directories are ours, and the first `--dir`
 * proves that the sandbox got so far.
 */
async function tryPlantedLink({ path, scratch, ids, nativeFd }: TrialPlace): Promise<TrialVerdict> {
  const target = await scratch.directory('target');
  const bound = await scratch.directory('bound');
  await scratch.link('bound/link', join('/oldroot', target));
  const words = [
    ...['--unshare-user', '--die-with-parent', '--cap-drop', 'ALL', '--tmpfs', '/', '--proc', '/proc'],
    ...['--bind', bound, '/bound', '--dir', '/bound/control', '--dir', '/bound/link/planted'],
    ...['--', SURVEY_PATH, 'probe'],
  ];
  const trial = await tryProcess(path, words, { ids, fds: [nativeFd], timeoutMs: TIMEOUT_MS });
  if (await scratch.has('target/planted')) {
    return { answer: 'yes', evidence: '--dir below a link in a writable bind made a directory on the host' };
  }
  // What was ended before its time may not have come to the link.
  const isCut = trial.timedOut || trial.signal !== null || trial.spawnError !== null;
  if (isCut || !(await scratch.has('bound/control'))) {
    return { answer: 'unclear', evidence: howItEnded(trial) };
  }
  return { answer: 'no', evidence: 'a link in a writable bind is not followed to the host' };
}

/** Kills the launcher alone and looks whether what it started goes too: its output ends when the last of them is gone. */
async function tryDyingWithParent({ path, ids }: TrialPlace): Promise<TrialVerdict> {
  const words = [
    ...['--unshare-user', '--unshare-pid', '--die-with-parent', '--new-session', '--as-pid-1'],
    ...['--cap-drop', 'ALL', '--clearenv', '--ro-bind', '/', '/', '--proc', '/proc'],
    ...['--', '/bin/sh', '-c', 'echo up; exec sleep 5'],
  ];
  const trial = await tryProcess(path, words, { ids, timeoutMs: 500 });
  if (!trial.timedOut || !trial.stdout.startsWith('up'))
    return { answer: 'unclear', evidence: howItEnded(trial) };
  return trial.leftBehind
    ? { answer: 'no', evidence: 'its sandbox lived on when it was killed' }
    : { answer: 'yes', evidence: 'its sandbox was gone when it was killed' };
}
