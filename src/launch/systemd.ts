import { basename } from 'node:path';
import { spawnProcess } from './spawn.ts';

/** systemd answers in some tens of milliseconds; a manager that hangs must not hang us. */
export const SYSTEMD_TIMEOUT_MS = 15_000;

export type SystemdEnv = Readonly<Record<string, string | undefined>>;
export type Manager = 'user' | 'system';

export const MANAGER_OPTION: Readonly<Record<Manager, string>> = { user: '--user', system: '--system' };

/** What the tools need to find their manager, and nothing else of ours. */
export function systemdEnv(env: SystemdEnv): Record<string, string> {
  const names = ['PATH', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/**
 * Whether the unit whose group is `dir` has Delegate=yes; a text says why systemd could not be asked. It takes controllers
 * away from what lies below any other unit, at any time and with the limits of our leaves (systemd.resource-control(5)), so
 * that is as good as a no.
 */
export async function askDelegation(dir: string, env: SystemdEnv): Promise<boolean | string> {
  const manager = /\/user@\d+\.service\//.test(dir) ? 'user' : 'system';
  const args = [MANAGER_OPTION[manager], 'show', '--property=Delegate', '--value', '--', basename(dir)];
  const { subprocess } = await spawnProcess('systemctl', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: systemdEnv(env),
    extendEnv: false,
    reject: false,
    timeout: SYSTEMD_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const { failed, stdout, stderr, shortMessage } = await subprocess;
  if (!failed) return String(stdout).trim() === 'yes';
  return (
    String(stderr ?? '')
      .trim()
      .split('\n')[0] ||
    shortMessage ||
    'systemctl failed'
  );
}
