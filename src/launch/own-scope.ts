/**
 * Starting this program once more, inside a scope of its own, in which it may do as it likes. Node cannot replace itself
 * by another program (execve), so the first one stays and stands in for the second: the same standard streams, the same
 * exit code, signals passed on, and its death ends the other.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { settlesWithin } from '#util/deadline.ts';
import { spawnProcess } from './spawn.ts';
import { MANAGER_OPTION, SYSTEMD_TIMEOUT_MS, type SystemdEnv } from './systemd.ts';

/** Set for the one inside, which must not do it again. Its value is the descriptor of the channel. */
export const OWN_SCOPE_VARIABLE = 'WARDER_OWN_SCOPE';
export const OWN_SCOPE_CHANNEL_FD = 3;

const SYSTEMD_RUN = 'systemd-run';
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

export interface OwnScopeOptions {
  /** Executable and arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: SystemdEnv;
}

export interface OwnScopeEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * How the one inside ended; null when systemd did not start it, so that nothing has happened. A manager that does not
 * answer is given up after `timeoutMs`.
 */
export async function runInOwnScope(
  { command, env }: OwnScopeOptions,
  timeoutMs = SYSTEMD_TIMEOUT_MS,
): Promise<OwnScopeEnd | null> {
  const { subprocess } = await spawnInScope(command, env);
  if (subprocess.pid === undefined) return null;
  // It says that it has started; afterwards the channel's end tells it of ours.
  const channel = subprocess.stdio[OWN_SCOPE_CHANNEL_FD] as unknown as Duplex;
  channel.on('error', () => {});
  const start = { hasCome: false };
  const started = new Promise<void>((resolve) => {
    channel.once('data', () => {
      start.hasCome = true;
      resolve();
    });
  });
  const stopForwarding = forwardSignals((signal) => subprocess.kill(signal));
  try {
    const isInTime = await settlesWithin(Promise.race([started, subprocess]), timeoutMs);
    const isGivenUp = !isInTime && (await isSystemdRun(subprocess.pid));
    if (isGivenUp) subprocess.kill('SIGKILL');
    const { exitCode, signal } = await subprocess;
    // A failing systemd-run ends by itself; whoever was signalled by others while it started was there.
    if (!start.hasCome && (signal === undefined || isGivenUp)) return null;
    return { exitCode: exitCode ?? null, signal: signal ?? null };
  } finally {
    stopForwarding();
    channel.destroy();
  }
}

/** Until the manager has answered; then the process becomes the command, which may take its time to say that it runs. */
async function isSystemdRun(pid: number): Promise<boolean> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  return name.trim() === SYSTEMD_RUN;
}

/** In our session and process group, as if it were this process: a terminal treats both alike. */
async function spawnInScope(command: OwnScopeOptions['command'], env: SystemdEnv) {
  const unit = `warder-cli-${randomBytes(6).toString('hex')}.scope`;
  const args = [MANAGER_OPTION.user, '--scope', '--quiet', '--collect', `--unit=${unit}`];
  args.push('--property=Delegate=yes', '--description=warder', '--', ...command);
  return spawnProcess(SYSTEMD_RUN, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...definedOnly(env), [OWN_SCOPE_VARIABLE]: String(OWN_SCOPE_CHANNEL_FD) },
    extendEnv: false,
    reject: false,
    buffer: false,
    cleanup: false,
    // execa would send SIGKILL 5 s after a SIGTERM: the one inside may take longer to end its sandbox and to say so.
    forceKillAfterDelay: false,
  });
}

function definedOnly(env: SystemdEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/**
 * Every one of them: whether it came to us alone (kill) or to the whole process group (a terminal, timeout(1)) cannot be
 * told. In the latter case the other hears of it twice, which it takes for one (cli/signals.ts).
 */
function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  for (const name of FORWARDED) process.on(name, send);
  return () => {
    for (const name of FORWARDED) process.off(name, send);
  };
}
