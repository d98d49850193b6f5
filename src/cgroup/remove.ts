import { removeFailure } from './failures.ts';
import { removeGroup } from './files.ts';
import { createBackoff, listTree } from './kill.ts';

/**
 * rmdir of every group and of the groups inside it, children first. While one is busy, `killLeft` runs and it is
 * tried again: a process that has been killed leaves its group a little later than it is reaped, and one that was
 * about to join may have come in after the last kill. Only directories are touched, since the files of cgroupfs go
 * with them. Rejects with CGROUP_REMOVE_FAILED at the deadline.
 */
export async function removeGroups(
  directories: readonly string[],
  deadlineMs: number,
  killLeft: (deadlineMs: number) => Promise<unknown>,
): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  const pause = createBackoff(deadlineMs);
  let left = directories;
  for (;;) {
    left = await removeOnce(left);
    const [busy] = left;
    if (busy === undefined) return;
    await killLeft(Math.max(0, endMs - performance.now()));
    if (!(await pause())) break;
  }
  const [busy] = await removeOnce(left);
  if (busy !== undefined) throw removeFailure(busy, 'EBUSY');
}

/** One pass over independent trees; returns those that are still there. */
async function removeOnce(directories: readonly string[]): Promise<readonly string[]> {
  const gone = await Promise.all(directories.map(removeTree));
  return directories.filter((_, index) => gone[index] !== true);
}

async function removeTree(root: string): Promise<boolean> {
  if (await removeGroup(root)) return true;
  const groups = await listTree([root]);
  for (const dir of [...groups].reverse()) {
    if (!(await removeGroup(dir))) return false;
  }
  return true;
}
