/**
 * Places outside warder's own jails where probes run: the host itself, and launchers started as people start them by
 * hand. What holds there is not warder's doing; positive controls and the comparison in SECURITY.md need exactly that.
 */
import { type Trial, tryProcess } from '#internal.ts';
import type { StartProbe } from './run-probes.ts';
import type { AnswerEnd } from './types.ts';

const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 1024 ** 2;

export interface LauncherPaths {
  readonly bubblewrap: string | null;
  readonly nsjail: string | null;
}

export const PLAIN_PLACES = ['host', 'plain', 'privileged', 'plain-nsjail'] as const;
export type PlainPlace = (typeof PLAIN_PLACES)[number];

/**
 * null where the launcher is missing.
 * @param env what the launcher is started with, as somebody who starts it by hand has one
 */
export function startAt(
  place: PlainPlace,
  probe: string,
  launchers: LauncherPaths,
  env: Readonly<Record<string, string>>,
): StartProbe | null {
  const command = commandOf(place, launchers);
  if (command === null) return null;
  return async (args) => {
    const [file = probe, ...rest] = [...command, probe, ...args];
    const trial = await tryProcess(file, rest, {
      ids: null,
      env,
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    });
    return { output: trial.stdout, end: endOf(trial) };
  };
}

function commandOf(place: PlainPlace, { bubblewrap, nsjail }: LauncherPaths): readonly string[] | null {
  const view = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'];
  switch (place) {
    case 'host':
      return [];
    case 'plain':
      return bubblewrap === null ? null : [bubblewrap, ...view, '--'];
    case 'privileged': {
      // All capabilities, in namespaces of its own: what they allow there reaches nothing of the host.
      const own = ['--unshare-all', '--uid', '0', '--gid', '0', '--cap-add', 'ALL', '--die-with-parent'];
      return bubblewrap === null ? null : [bubblewrap, ...own, ...view, '--tmpfs', '/mnt', '--'];
    }
    case 'plain-nsjail':
      return nsjail === null ? null : [nsjail, '--mode', 'o', '--really_quiet', '--chroot', '/', '--'];
  }
}

function endOf({ exitCode, signal, timedOut, spawnError, stderr }: Trial): AnswerEnd | null {
  if (timedOut) return { kind: 'timeout' };
  if (spawnError !== null) return { kind: 'ended', outcome: `not started: ${spawnError}` };
  if (signal !== null) return { kind: 'signaled', signal };
  if (exitCode === 0) return null;
  return { kind: 'ended', outcome: `exited with ${exitCode}: ${stderr.trim().split('\n')[0] ?? ''}` };
}
