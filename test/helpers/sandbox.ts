import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { detectCgroups } from '#cgroup/detect.ts';
import { gate } from './gate.ts';
import { NATIVE_PATH } from './native.ts';

/** `describe` for what needs bubblewrap, root and cgroup v1 controllers: the real thing, nothing in its place. */
export const sandboxed = gate('sandbox', missing() === '', missing());

function missing(): string {
  if (!existsSync(NATIVE_PATH)) return 'the native program is not built';
  if (process.geteuid?.() !== 0) return 'not root';
  if (!onPath('bwrap')) return 'bubblewrap is not installed';
  return '';
}

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(`${directory}/${name}`));
}

/** What a supervisor holds: by its locks, so that others on the host do not count. */
export interface Holdings {
  readonly uids: ReadonlySet<number>;
  readonly leafPrefixes: readonly string[];
}

export function holdingsOf(pid: number | 'self' = 'self'): Holdings {
  const links = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  const uids = links.flatMap((link) => /\/warder\/uids\/(\d+)$/.exec(link)?.[1] ?? []);
  const ids = links.flatMap((link) => /\/warder\/owners\/\.draft-(\w+)/.exec(link)?.[1] ?? []);
  return { uids: new Set(uids.map(Number)), leafPrefixes: ids.map((id) => `warder-${id}-`) };
}

function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}

/** Host pids of every process that runs under a uid of `holdings`: a run must leave none behind. */
export function sandboxProcesses({ uids }: Holdings = holdingsOf()): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => uids.has(uidOf(pid))).map(Number);
}

/**
 * From status: /proc/<pid> itself belongs to root for a process that is not dumpable. A zombie is not alive: when a
 * launcher was killed, its orphans wait for the host's process 1 to reap them.
 */
function uidOf(pid: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return /^State:\tZ/m.test(status) ? -1 : Number(/^Uid:\t(\d+)/m.exec(status)?.[1] ?? -1);
  } catch {
    return -1;
  }
}

/** Leaves that are there, on whatever hierarchy. */
export async function leafDirectories({ leafPrefixes }: Holdings = holdingsOf()): Promise<string[]> {
  const location = await detectCgroups();
  const parents =
    location.driver === 'v1'
      ? Object.values(location.hierarchies)
      : location.driver === 'v2'
        ? [location.dir]
        : [];
  return parents.flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => leafPrefixes.some((prefix) => name.startsWith(prefix)))
      .map((name) => `${parent}/${name}`),
  );
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Waits until `condition` holds, looking often; false when it did not within `timeoutMs`. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 5000,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (await condition()) return true;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  return condition();
}
