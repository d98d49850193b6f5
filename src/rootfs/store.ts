/**
 * Where trees lie:
 *
 *     trees/<sha256>/tree.json      what the tree is; its SHA-256 is the directory's name
 *     trees/<sha256>/manifest.json  every entry; its SHA-256 is in tree.json
 *     trees/<sha256>/root           the tree
 *     names/<name>.json             which tree has a name now; replaced by rename(2)
 *     building/<name>               a build under way, held by the lock building/<name>.lock
 *
 * A tree gets its name when it is complete and has been checked, so there is never half of one to be found.
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import { tryLockAll } from '#launch/lock.ts';
import { storeUnusable } from './errors.ts';
import { removeTree } from './harden.ts';
import { isTreeName } from './manifest-schema.ts';

export interface StoreInput {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** WARDER_ROOTFS_STORE, else /var/lib for root and the XDG data directory for everybody else. */
export function resolveStore({ uid, env }: StoreInput): string {
  const given = env['WARDER_ROOTFS_STORE'];
  if (given !== undefined && given !== '') {
    if (isAbsolute(given)) return given.replace(/\/+$/, '');
    throw storeUnusable(given, 'the path is not absolute', 'Set WARDER_ROOTFS_STORE to an absolute path');
  }
  if (uid === 0) return '/var/lib/warder/rootfs';
  const { XDG_DATA_HOME: data, HOME: home } = env;
  if (data !== undefined && isAbsolute(data)) return join(data, 'warder/rootfs');
  if (home !== undefined && isAbsolute(home)) return join(home, '.local/share/warder/rootfs');
  throw storeUnusable(
    '(none)',
    'neither HOME nor XDG_DATA_HOME is set',
    'Set WARDER_ROOTFS_STORE to an absolute path',
  );
}

/** What `names/<name>.json` says. Only `sha256` decides anything; the rest is for people. */
export interface TreePointer {
  readonly name: string;
  readonly sha256: string;
  readonly builtAt: string;
  readonly buildMs: number;
}

const SHA256 = /^[0-9a-f]{64}$/;
const MAX_POINTER_BYTES = 4096;

export class Store {
  readonly path: string;
  readonly #uid: number;

  constructor(path: string, uid: number) {
    this.path = path;
    this.#uid = uid;
  }

  /** uids that may own what is in the store: ours, and root's. */
  get owners(): readonly number[] {
    return this.#uid === 0 ? [0] : [0, this.#uid];
  }

  treePath(sha256: string): string {
    return join(this.path, 'trees', sha256);
  }

  buildPath(name: string): string {
    return join(this.path, 'building', name);
  }

  /** Makes the directories. @throws WarderError HOST_ROOTFS_STORE */
  async create(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true, mode: 0o755 });
      // Not recursive: that tells ENOENT of a file system that is read-only.
      for (const part of ['trees', 'names', 'building']) {
        await mkdir(join(this.path, part), { mode: 0o755 }).catch(passOverExisting);
      }
    } catch (error) {
      const hint = 'Make it writable, or put the store elsewhere with WARDER_ROOTFS_STORE';
      throw storeUnusable(this.path, errnoOf(error), hint, error);
    }
    await this.check();
  }

  /** What is in a directory that others can write to is theirs. @throws WarderError HOST_ROOTFS_STORE */
  async check(): Promise<void> {
    for (const part of ['', 'trees', 'names']) {
      const path = join(this.path, part);
      const stat = await lstat(path);
      const why = !stat.isDirectory()
        ? 'it is not a directory'
        : !this.owners.includes(stat.uid)
          ? `it belongs to uid ${stat.uid}`
          : (stat.mode & 0o022) !== 0
            ? 'others can write to it'
            : undefined;
      if (why !== undefined)
        throw storeUnusable(path, why, `chown it to uid ${this.#uid} and chmod go-w ${path}`);
    }
    if (this.#uid === 0) await this.#requireReachable();
  }

  /** Sandboxes of root run under other uids, which have to get to the tree. */
  async #requireReachable(): Promise<void> {
    for (let path = this.path; ; path = dirname(path)) {
      const { mode } = await lstat(path);
      if ((mode & 0o001) === 0) {
        const hint = `chmod o+x ${path}, or put the store elsewhere with WARDER_ROOTFS_STORE`;
        throw storeUnusable(this.path, `programs run under other uids, which cannot pass ${path}`, hint);
      }
      if (path === dirname(path)) return;
    }
  }

  /** Names that have a tree, sorted; none where there is no store. */
  async names(): Promise<string[]> {
    const files = await readdir(join(this.path, 'names')).catch(() => []);
    return files.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : [])).sort();
  }

  /** Changes whenever a name gets another tree, or none; null where there is no store. */
  async generation(): Promise<string | null> {
    const stat = await lstat(join(this.path, 'names'), { bigint: true }).catch(() => null);
    return stat && `${stat.ino}:${stat.mtimeNs}:${stat.ctimeNs}`;
  }

  /** undefined where the name has no tree. @throws WarderError HOST_ROOTFS_STORE for a file that is not ours */
  async pointer(name: string): Promise<TreePointer | undefined> {
    if (!isTreeName(name)) return undefined;
    const path = join(this.path, 'names', `${name}.json`);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
      throw storeUnusable(path, errnoOf(error), 'Make it readable for this user', error);
    });
    const pointer = text === undefined ? undefined : parsePointer(text);
    if (pointer === null)
      throw storeUnusable(path, 'it is not what warder wrote', `Build it again: warder rootfs build ${name}`);
    return pointer;
  }

  async setPointer(pointer: TreePointer): Promise<void> {
    const path = join(this.path, 'names', `${pointer.name}.json`);
    await replaceFile(path, `${JSON.stringify(pointer)}\n`);
  }

  /**
   * Runs `work` in a fresh directory as the only builder of `name`. What a killed build left there is removed first, and
   * what this one leaves last; the lock ends with this process in any case.
   * @throws WarderError HOST_ROOTFS_BUSY
   */
  async build<T>(name: string, nativePath: string, work: (directory: string) => Promise<T>): Promise<T> {
    await this.create();
    const lock = await open(
      join(this.path, 'building', `${name}.lock`),
      constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      await requireLock(name, nativePath, lock);
      const directory = this.buildPath(name);
      await removeTree(directory);
      await mkdir(directory, { mode: 0o755 });
      try {
        return await work(directory);
      } finally {
        await removeTree(directory);
      }
    } finally {
      await lock.close();
    }
  }

  /** SHA-256 of every tree that is there, named or not. */
  async trees(): Promise<string[]> {
    const names = await readdir(join(this.path, 'trees')).catch(() => []);
    return names.filter((name) => SHA256.test(name));
  }
}

function passOverExisting(error: unknown): void {
  if (errnoOf(error) !== 'EEXIST') throw error;
}

async function requireLock(name: string, nativePath: string, lock: FileHandle): Promise<void> {
  const [locked] = await tryLockAll(nativePath, [lock]);
  if (locked) return;
  throw new WarderError('HOST_ROOTFS_BUSY', `another process is building ${name} at this moment`, {
    details: { rootfs: name },
    hint: `Wait for it, then look: warder rootfs verify ${name}`,
  });
}

/** null for what is no pointer. */
function parsePointer(text: string): TreePointer | null {
  if (text.length > MAX_POINTER_BYTES) return null;
  try {
    const value = JSON.parse(text) as TreePointer;
    return SHA256.test(value.sha256) && isTreeName(value.name) ? value : null;
  } catch {
    return null;
  }
}

/** Written aside, flushed, renamed: after a crash there is the old text or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, text, { mode: 0o644, flush: true });
  await rename(draft, path);
}
