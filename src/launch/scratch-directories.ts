/**
 * nsjail builds a root file system on directories `nsjail.<uid>.root` and `.tmp` and leaves them, two for each uid that a
 * run ever had. A supervisor takes its own away when it ends (uid-pool.ts); here are those of supervisors that were killed. They are told from others' by name and owner, and from those in use by the uid's lock: rmdir(2) of a
 * directory on which somebody is about to mount would break his run.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLockAll } from './lock.ts';
import { makePrivateDirectory } from './runtime-dir.ts';
import { removeIfLeft, SCRATCH_NAME, SCRATCH_PARENTS } from './scratch-names.ts';
import { DEFAULT_UID_COUNT, DEFAULT_UID_FIRST } from './uid-pool.ts';

/** So that few descriptors are open at a time. */
const BATCH = 64;

export interface ScratchOptions {
  /** A directory from `ensureRuntimeDir`, with the locks of the uids. */
  readonly runtimeDir: string;
  readonly nativePath: string;
  /** For tests. */
  readonly parents?: readonly string[];
  readonly first?: number;
  readonly count?: number;
}

/**
 * Removes such directories of uids that are ours and that no run has now; those that are empty and belong to that uid,
 * never anything else. Only root has such uids. Resolves to the paths that are gone.
 * @throws WarderError HOST_NATIVE_MISSING, HOST_RESOURCE_EXHAUSTED, LAUNCH_SPAWN_FAILED, ENGINE_PROTOCOL
 */
export async function removeScratchDirectories(options: ScratchOptions): Promise<readonly string[]> {
  const byUid = await findScratch(options);
  const uids = [...byUid.keys()];
  const removed: string[] = [];
  while (uids.length > 0) {
    const batch = uids.splice(0, BATCH);
    await withLocked(options, batch, async (uid) => {
      for (const path of byUid.get(uid) ?? []) if (await removeIfLeft(path, uid)) removed.push(path);
    });
  }
  return removed;
}

async function findScratch({
  parents = SCRATCH_PARENTS,
  first = DEFAULT_UID_FIRST,
  count = DEFAULT_UID_COUNT,
}: ScratchOptions): Promise<ReadonlyMap<number, readonly string[]>> {
  const byUid = new Map<number, string[]>();
  for (const parent of parents) {
    for (const name of await readdir(parent).catch(() => [])) {
      const uid = Number(SCRATCH_NAME.exec(name)?.[1] ?? Number.NaN);
      if (uid >= first && uid < first + count)
        byUid.set(uid, [...(byUid.get(uid) ?? []), join(parent, name)]);
    }
  }
  return byUid;
}

/** Calls `use` for each uid whose lock is to be had, and keeps the locks until all are done. */
async function withLocked(
  { runtimeDir, nativePath }: ScratchOptions,
  uids: readonly number[],
  use: (uid: number) => Promise<void>,
): Promise<void> {
  const handles: FileHandle[] = [];
  try {
    const directory = join(runtimeDir, 'uids');
    await makePrivateDirectory(directory);
    // As the uid pool opens them: whoever wants to lease one of these meanwhile finds it taken and goes on.
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    for (const uid of uids) handles.push(await open(join(directory, String(uid)), flags, 0o600));
    const locked = await tryLockAll(nativePath, handles);
    for (const [index, uid] of uids.entries()) if (locked[index]) await use(uid);
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}
