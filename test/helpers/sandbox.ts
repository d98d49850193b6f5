import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { detectCgroups } from '#cgroup/detect.ts';
import { gate } from './gate.ts';
import { NATIVE_PATH } from './native.ts';
import { SLOWNESS } from './slowness.ts';

/** `describe` for what needs bubblewrap and cgroups that hold every limit: the real thing, nothing in its place. */
export const sandboxed = gate('sandbox', missing() === '', missing());

/** `describe` for what only root can arrange, such as another user or a mount. */
export const rooted = gate('root', process.geteuid?.() === 0, 'not root');

function missing(): string {
  if (!existsSync(NATIVE_PATH)) return 'the native program is not built';
  if (process.geteuid?.() !== 0 && !isDelegated()) return 'not root, and no delegated cgroup is promised';
  if (!onPath('bwrap')) return 'bubblewrap is not installed';
  return '';
}

/** scripts/test-vm promises it to its ordinary user in these places, so that there a refusal is a failure rather than a skip. */
function isDelegated(): boolean {
  return ['user', 'service', 'escape-user'].includes(process.env['WARDER_VM'] ?? '');
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
  const ids = links.flatMap((link) => /\/warder[-\d]*\/owners\/\.draft-(\w+)/.exec(link)?.[1] ?? []);
  return { uids: new Set(uids.map(Number)), leafPrefixes: ids.map((id) => `warder-${id}-`) };
}

function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}

/**
 * Host pids of every process of the runs of `holdings`: a run must leave none behind. They have uids of their own where
 * the supervisor is root; an ordinary user's have the user's, and are known by their leaves.
 */
export function sandboxProcesses(holdings: Holdings = holdingsOf()): number[] {
  const { uids } = holdings;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const isOurs = uids.size > 0 ? (pid: string) => uids.has(uidOf(pid)) : isInLeafOf(holdings);
  return pids.filter(isOurs).map(Number);
}

function isInLeafOf({ leafPrefixes }: Holdings): (pid: string) => boolean {
  return (pid) => {
    if (uidOf(pid) === -1) return false;
    try {
      const group = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
      return leafPrefixes.some((prefix) => group.includes(`/${prefix}`));
    } catch {
      return false;
    }
  };
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
export async function leafDirectories(holdings: Holdings = holdingsOf()): Promise<string[]> {
  const location = await detectCgroups();
  if (location.driver !== 'v1') return leavesBelow('/sys/fs/cgroup', holdings);
  return Object.values(location.hierarchies).flatMap((parent) => leavesBelow(parent, holdings));
}

/** On v2 the place may be anywhere: a scope, the group above ours. */
function leavesBelow(parent: string, holdings: Holdings): string[] {
  const groups = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return groups.flatMap(({ name }) => {
    const path = `${parent}/${name}`;
    const isLeaf = holdings.leafPrefixes.some((prefix) => name.startsWith(prefix));
    return isLeaf ? [path] : leavesBelow(path, holdings);
  });
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Waits until `condition` holds, looking often; false when it did not within `timeoutMs`. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 5000 * SLOWNESS,
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
