/** The private temporary directory in which every probe of the doctor stays. */
import { chmod, lchown, lstat, mkdir, mkdtemp, rm, stat, statfs, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import type { HostIds } from '#launch/types.ts';
import type { Space } from './types.ts';

export interface Scratch {
  readonly path: string;
  /** Each of them makes something below `path` that belongs to the ids of the probes, and returns its path. */
  directory(name: string): Promise<string>;
  file(name: string, content: string | Uint8Array): Promise<string>;
  link(name: string, target: string): Promise<string>;
  has(name: string): Promise<boolean>;
  remove(): Promise<void>;
}

/**
 * The directory itself stays ours: whoever has the ids could otherwise put links where we are about to write.
 *
 * @param ids who will work in it; null for this process
 * @throws WarderError HOST_RUNTIME_DIR when the temporary directory takes nothing
 */
export async function makeScratch(ids: HostIds | null): Promise<Scratch> {
  const path = await makeOwn();
  const giveAway = async (made: string): Promise<string> => {
    if (ids !== null) await lchown(made, ids.uid, ids.gid);
    return made;
  };
  return {
    path,
    directory: async (name) => {
      await mkdir(join(path, name), { mode: 0o700 });
      return giveAway(join(path, name));
    },
    file: async (name, content) => {
      await writeFile(join(path, name), content, { mode: 0o600, flag: 'wx' });
      return giveAway(join(path, name));
    },
    link: async (name, target) => {
      await symlink(target, join(path, name));
      return join(path, name);
    },
    has: (name) =>
      lstat(join(path, name)).then(
        () => true,
        () => false,
      ),
    // A link is removed, never what it leads to.
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

async function makeOwn(): Promise<string> {
  const base = tmpdir();
  try {
    const path = await mkdtemp(join(base, 'warder-doctor-'));
    // The ids of a run have to get through to what is theirs in it.
    await chmod(path, 0o711);
    return path;
  } catch (cause) {
    const why = errnoOf(cause);
    throw new WarderError('HOST_RUNTIME_DIR', `no directory can be made in ${base}: ${why}`, {
      details: { path: base, why },
      hint: 'Make room there, or name another directory with TMPDIR',
      cause,
    });
  }
}

/** @returns nothing where the path cannot be asked about, such as one that does not exist */
export async function freeSpace(path: string): Promise<readonly Space[]> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(path);
    // 0 inodes in all: the file system does not count them (btrfs).
    return [{ path, freeBytes: bavail * bsize, freeInodes: files === 0 ? null : ffree }];
  } catch {
    return [];
  }
}

/** Mode bits of a file, or the errno. */
export async function modeOf(path: string): Promise<number | string> {
  return stat(path).then(({ mode }) => mode & 0o7777, errnoOf);
}
