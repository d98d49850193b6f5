import { join } from 'node:path';
import type { Leaf } from '#cgroup/driver.ts';
import { readGroupFileIfPresent, writeGroupFile } from '#cgroup/files.ts';
import { createBackoff, DEFAULT_DEADLINE_MS, killMembers } from '#cgroup/kill.ts';
import { parseKeyed } from '#cgroup/parse.ts';
import { removeGroups } from '#cgroup/remove.ts';
import { errnoOf, isWarderError } from '#error/warder-error.ts';
import { openV2Meter } from './meter.ts';

/** The leaf at `dir`, which exists already. */
export function createV2Leaf(name: string, dir: string): Leaf {
  const kill = (deadlineMs = DEFAULT_DEADLINE_MS): Promise<boolean> => killV2(dir, deadlineMs);
  return {
    name,
    directories: [dir],
    joinPaths: [join(dir, 'cgroup.procs')],
    openMeter: () => openV2Meter(dir),
    // Only a help: killing goes on without it, and its deadlines bound it.
    unthrottle: () => writeGroupFile(dir, 'cpu.max', 'max').catch(() => {}),
    kill,
    remove: (deadlineMs = DEFAULT_DEADLINE_MS) => removeGroups([dir], deadlineMs, kill),
  };
}

/** One write kills the whole subtree, forks under way included; the file exists since Linux 5.14. */
async function killV2(dir: string, deadlineMs: number): Promise<boolean> {
  try {
    await writeGroupFile(dir, 'cgroup.kill', '1');
  } catch (error) {
    if (!isWarderError(error) || errnoOf(error.cause) !== 'ENOENT') throw error;
    return killMembers([dir], deadlineMs);
  }
  return waitUntilEmpty(dir, deadlineMs);
}

async function waitUntilEmpty(dir: string, deadlineMs: number): Promise<boolean> {
  const pause = createBackoff(deadlineMs);
  do {
    const populated = parseKeyed(await readGroupFileIfPresent(dir, 'cgroup.events'), 'populated');
    // Zero is what the kernel says of an empty subtree; null is a group that has been removed.
    if (populated === 0 || populated === null) return true;
  } while (await pause());
  return false;
}
