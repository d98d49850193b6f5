import { stat } from 'node:fs/promises';

/**
 * Those of `pids` that may not be moved aside together with us: everybody else; with `all`, which is for the root group
 * of a container that is ours, only processes of other users and those that our pid namespace does not show (0).
 */
export async function foreignMembers(
  pids: readonly number[],
  { all }: { readonly all: boolean },
): Promise<readonly number[]> {
  const others = pids.filter((pid) => pid !== process.pid);
  if (!all) return others;
  const uids = await Promise.all(others.map(uidOf));
  return others.filter((_, index) => uids[index] !== process.geteuid?.());
}

/** Of a process that has ended meanwhile: ours, since there is nobody left to move. */
async function uidOf(pid: number): Promise<number | undefined> {
  if (pid === 0) return undefined;
  try {
    return (await stat(`/proc/${pid}`)).uid;
  } catch {
    return process.geteuid?.();
  }
}
