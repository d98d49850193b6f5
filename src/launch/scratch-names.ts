/** How nsjail calls the directories on which it builds a root file system, and what may be removed of them. */
import { lstat, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '#error/warder-error.ts';

/** Where nsjail tries, in this order, with the uid in the name; $TMPDIR is not among them, our launchers have none. */
export const SCRATCH_PARENTS: readonly string[] = ['/run/user', '/tmp'];
export const SCRATCH_NAME = /^nsjail\.([1-9][0-9]*)\.(?:root|tmp)$/;
const ENDS = ['root', 'tmp'];

/** Those of a uid that no run has, wherever they may be. What cannot be removed stays for `warder gc`. */
export async function removeScratchOf(
  uid: number,
  parents: readonly string[] = SCRATCH_PARENTS,
): Promise<void> {
  const paths = parents.flatMap((parent) => ENDS.map((end) => join(parent, `nsjail.${uid}.${end}`)));
  await Promise.allSettled(paths.map((path) => removeIfLeft(path, uid)));
}

/** rmdir(2) takes nothing but an empty directory, whatever happens after the look at its owner. */
export async function removeIfLeft(path: string, uid: number): Promise<boolean> {
  try {
    const stats = await lstat(path);
    if (!stats.isDirectory() || stats.uid !== uid || stats.gid !== uid) return false;
    await rmdir(path);
    return true;
  } catch (error) {
    // Not empty, a mount point, or gone already: then it is not what we look for.
    if (['ENOTEMPTY', 'EEXIST', 'EBUSY', 'ENOENT'].includes(errnoOf(error))) return false;
    throw error;
  }
}
