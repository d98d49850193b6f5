import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '#error/warder-error.ts';
import { listChildGroups, readGroupFileIfPresent } from './files.ts';
import { parsePids } from './parse.ts';

export const DEFAULT_DEADLINE_MS = 10_000;
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 20;

/** A pause that doubles from 1 to 20 ms; false once the deadline (on the monotonic clock) has passed. */
export function createBackoff(deadlineMs: number): () => Promise<boolean> {
  const endMs = performance.now() + deadlineMs;
  let pauseMs = FIRST_PAUSE_MS;
  return async () => {
    if (performance.now() >= endMs) return false;
    await sleep(Math.min(pauseMs, Math.max(0, endMs - performance.now())));
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    return true;
  };
}

/** The groups and everything below them, parents first. */
export async function listTree(roots: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  let level = roots;
  while (level.length > 0) {
    found.push(...level);
    level = (await Promise.all(level.map(listChildGroups))).flat();
  }
  return found;
}

/**
 * SIGKILLs every process of the groups and of their descendants until none is left; true when that was reached in
 * time. A pid is read and signalled within microseconds, but not atomically: only v2's cgroup.kill is.
 * `beforeRound` runs ahead of each round and is given its number, from 0.
 */
export async function killMembers(
  directories: readonly string[],
  deadlineMs: number,
  beforeRound: (round: number) => Promise<void> = () => Promise.resolve(),
): Promise<boolean> {
  const pause = createBackoff(deadlineMs);
  for (let round = 0; ; round++) {
    await beforeRound(round);
    const pids = await listMembers(directories);
    if (pids.size === 0) return true;
    for (const pid of pids) killProcess(pid);
    if (!(await pause())) return false;
  }
}

/** Process ids of all the groups and their descendants. */
export async function listMembers(directories: readonly string[]): Promise<ReadonlySet<number>> {
  const groups = await listTree(directories);
  const texts = await Promise.all(groups.map((dir) => readGroupFileIfPresent(dir, 'cgroup.procs')));
  return new Set(texts.flatMap((text) => parsePids(text ?? '')));
}

/** EPERM and ESRCH end in another round: whoever is still listed then decides. */
function killProcess(pid: number): void {
  // kill(0) would signal our own process group; a pid of 0 stands for a process outside our pid namespace.
  if (pid <= 1 || pid === process.pid) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM') throw error;
  }
}
