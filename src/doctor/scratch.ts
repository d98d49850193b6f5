/** The private temporary directory in which every probe of the doctor stays. */
import { chown, mkdir, mkdtemp, rm, stat, statfs, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '#error/warder-error.ts';
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

/** @param ids who will work in it; null for this process */
export async function makeScratch(ids: HostIds | null): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), 'warder-doctor-'));
  const own = async (made: string): Promise<string> => {
    if (ids !== null) await chown(made, ids.uid, ids.gid);
    return made;
  };
  await own(path);
  return {
    path,
    directory: async (name) => {
      await mkdir(join(path, name), { mode: 0o700 });
      return own(join(path, name));
    },
    file: async (name, content) => {
      await writeFile(join(path, name), content, { mode: 0o600 });
      return own(join(path, name));
    },
    link: async (name, target) => {
      await symlink(target, join(path, name));
      return join(path, name);
    },
    has: (name) =>
      stat(join(path, name)).then(
        () => true,
        () => false,
      ),
    // Not followed are links: rm(2) of a link removes the link.
    remove: () => rm(path, { recursive: true, force: true }),
  };
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
