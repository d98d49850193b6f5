import type { Leaf } from '#cgroup/driver.ts';
import {
  hasGroupFile,
  openGroupFileForWriting,
  readGroupFileIfPresent,
  writeGroupFile,
} from '#cgroup/files.ts';
import { createBackoff, DEFAULT_DEADLINE_MS, killMembers } from '#cgroup/kill.ts';
import { openAll } from '#cgroup/open-all.ts';
import { parseKeyed } from '#cgroup/parse.ts';
import { removeGroups } from '#cgroup/remove.ts';
import { openV2Watch, readV2Events, readV2Usage } from './read.ts';

/** The leaf at `dir`, which exists already. */
export function createV2Leaf(name: string, dir: string): Leaf {
  const kill = (deadlineMs = DEFAULT_DEADLINE_MS): Promise<boolean> => killV2(dir, deadlineMs);
  return {
    name,
    directories: [dir],
    openJoinFds: () => openAll([openGroupFileForWriting(dir, 'cgroup.procs')]),
    readUsage: () => readV2Usage(dir),
    readEvents: () => readV2Events(dir),
    // memory.peak can be reset since Linux 6.12, but only for readers of the same open file (cgroup-v2.rst).
    resetPeak: async () => false,
    openWatch: () => openV2Watch(dir),
    kill,
    remove: (deadlineMs = DEFAULT_DEADLINE_MS) => removeGroups([dir], deadlineMs, kill),
  };
}

/** One write kills the whole subtree, forks under way included; the file exists since Linux 5.14. */
async function killV2(dir: string, deadlineMs: number): Promise<boolean> {
  if (!(await hasGroupFile(dir, 'cgroup.kill'))) return killMembers([dir], deadlineMs);
  await writeGroupFile(dir, 'cgroup.kill', '1');
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
