import { readFileSync } from 'node:fs';
import { spawnProcess } from '#launch/spawn.ts';
import type { HostIds } from '#launch/types.ts';
import type { Profile } from './types.ts';

const TIMEOUT_MS = 5000;

/**
 * Under which AppArmor profile the kernel starts a launcher; null for none, and where that cannot be asked. By starting
 * it: which of the loaded profiles matches its path is the kernel's to know, and only root may list them. What it does is
 * of no interest.
 */
export async function probeProfile(path: string, ids: HostIds | null): Promise<Profile | null> {
  const { subprocess } = await spawnProcess(path, ['--help'], {
    stdio: 'ignore',
    env: {},
    extendEnv: false,
    cwd: '/',
    reject: false,
    cleanup: false,
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    ...(ids === null ? {} : ids),
  });
  // Spawning returns after exec, and a process that has ended already is reaped when this thread is idle: until then it
  // has its label. Hence no waiting in between.
  const label = subprocess.pid === undefined ? null : readLabel(subprocess.pid);
  await subprocess;
  return label === null ? null : parseLabel(label);
}

/** Of AppArmor itself: attr/current belongs to whichever security module comes first (kernel: LSM/index.rst). */
function readLabel(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/attr/apparmor/current`, 'utf8');
  } catch {
    return null;
  }
}

/** `name (mode)`, with the names of children and stacked profiles behind `//`; or `unconfined`. */
export function parseLabel(label: string): Profile | null {
  const [, name = '', mode = ''] = /^(.*) \((\w+)\)\s*$/.exec(label) ?? [];
  return name === '' ? null : { name: name.replace(/\/\/.*$/, ''), mode };
}
