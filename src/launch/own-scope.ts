/**
 * Starting this program once more, inside a scope of its own, in which it may do as it likes. Node cannot replace itself
 * by another program (execve), so the first one stays and stands in for the second: the same standard streams, the same
 * exit code, signals passed on, and its death ends the other.
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { spawnProcess } from './spawn.ts';
import { MANAGER_OPTION, type SystemdEnv } from './systemd.ts';

/** Set for the one inside, which must not do it again. Its value is the descriptor of the channel. */
export const OWN_SCOPE_VARIABLE = 'WARDER_OWN_SCOPE';
export const OWN_SCOPE_CHANNEL_FD = 3;

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

export interface OwnScopeOptions {
  /** Executable and arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: SystemdEnv;
  /** A terminal sends SIGINT to both of us; a second one would end the other at once. */
  readonly hasTerminal: boolean;
}

export interface OwnScopeEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How the one inside ended; null when systemd did not start it, so that nothing has happened. */
export async function runInOwnScope({
  command,
  env,
  hasTerminal,
}: OwnScopeOptions): Promise<OwnScopeEnd | null> {
  const unit = `warder-cli-${randomBytes(6).toString('hex')}.scope`;
  const args = [MANAGER_OPTION.user, '--scope', '--quiet', '--collect', `--unit=${unit}`];
  args.push('--property=Delegate=yes', '--description=warder', '--', ...command);
  const { subprocess } = await spawnProcess('systemd-run', args, {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...definedOnly(env), [OWN_SCOPE_VARIABLE]: String(OWN_SCOPE_CHANNEL_FD) },
    extendEnv: false,
    reject: false,
    buffer: false,
    cleanup: false,
  });
  if (subprocess.pid === undefined) return null;
  let hasStarted = false;
  // It says that it has started; afterwards the channel's end tells it of ours.
  const channel = subprocess.stdio[OWN_SCOPE_CHANNEL_FD] as unknown as Duplex;
  channel.on('data', () => {
    hasStarted = true;
  });
  channel.on('error', () => {});
  const stopForwarding = forwardSignals((signal) => subprocess.kill(signal), hasTerminal);
  try {
    const { exitCode, signal } = await subprocess;
    // A failing systemd-run ends by itself; whoever was signalled while it started was there.
    if (!hasStarted && signal === undefined) return null;
    return { exitCode: exitCode ?? null, signal: signal ?? null };
  } finally {
    stopForwarding();
    channel.destroy();
  }
}

function definedOnly(env: SystemdEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function forwardSignals(send: (signal: NodeJS.Signals) => void, hasTerminal: boolean): () => void {
  const forward = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT' || !hasTerminal) send(signal);
  };
  for (const name of FORWARDED) process.on(name, forward);
  return () => {
    for (const name of FORWARDED) process.off(name, forward);
  };
}
