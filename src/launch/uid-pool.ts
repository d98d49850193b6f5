/**
 * One unprivileged host uid per run, for a supervisor that is root. A uid in use is a locked file, so supervisors
 * side by side never share one, and the uids of a dead supervisor are free again at once.
 */
import { randomInt } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import { tryLockAll } from './lock.ts';
import { makePrivateDirectory } from './runtime-dir.ts';
import { removeScratchOf } from './scratch-names.ts';

/** Above human and system uids, sub-uid ranges and what systemd uses (systemd's UIDS-GIDS: 524288..1879048191). */
export const DEFAULT_UID_FIRST = 1_900_000_000;
export const DEFAULT_UID_COUNT = 4096;

/** A process start costs more than a few spare locks, so several are tried at once, more each time. */
const FIRST_BATCH = 4;
const LARGEST_BATCH = 64;

export interface UidPoolOptions {
  /** A directory from `ensureRuntimeDir`. */
  readonly runtimeDir: string;
  /** The native program, which takes the locks. */
  readonly nativePath: string;
  readonly first?: number;
  readonly count?: number;
  /** Where nsjail leaves directories; for tests. */
  readonly scratchParents?: readonly string[];
}

export interface UidLease {
  readonly uid: number;
  /** Always equal to `uid`. */
  readonly gid: number;
  /** Gives the uid back to this pool; call when no process of the run is left. Calling again does nothing. */
  release(): void;
}

export interface UidPool {
  /** Rejects with HOST_UIDS_EXHAUSTED when every uid of the range is in use, SUPERVISE_CLOSED after `close`. */
  lease(): Promise<UidLease>;
  /** Takes away what launchers left for these uids, and unlocks everything, leased or not. */
  close(): Promise<void>;
}

/** Locked uids stay with the pool until it is closed; a freed one goes to the back of the queue. */
export function createUidPool(options: UidPoolOptions): UidPool {
  const range = { first: options.first ?? DEFAULT_UID_FIRST, count: options.count ?? DEFAULT_UID_COUNT };
  return new LockedUidPool(options, range);
}

interface UidRange {
  readonly first: number;
  readonly count: number;
}

class LockedUidPool implements UidPool {
  readonly #options: UidPoolOptions;
  readonly #range: UidRange;
  readonly #free: number[] = [];
  readonly #held = new Map<number, FileHandle>();
  #growing: Promise<void> | null = null;
  #closed = false;

  constructor(options: UidPoolOptions, range: UidRange) {
    this.#options = options;
    this.#range = range;
  }

  async lease(): Promise<UidLease> {
    for (;;) {
      if (this.#closed) throw new WarderError('SUPERVISE_CLOSED', 'the uid pool is closed', { details: {} });
      const uid = this.#free.shift();
      if (uid !== undefined) return this.#leaseOf(uid);
      await this.#growOnce();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    // Handles of a growth under way have to be closed too; its failure has reached whoever leased.
    await this.#growing?.catch(() => undefined);
    this.#free.length = 0;
    // As long as we hold a uid nobody is about to mount on what nsjail left for it.
    await Promise.all(
      [...this.#held.keys()].map((uid) => removeScratchOf(uid, this.#options.scratchParents)),
    );
    await Promise.all([...this.#held.values()].map((handle) => handle.close()));
    this.#held.clear();
  }

  #leaseOf(uid: number): UidLease {
    let leased = true;
    const release = (): void => {
      if (leased && !this.#closed) this.#free.push(uid);
      leased = false;
    };
    return { uid, gid: uid, release };
  }

  /** Leases that find the list empty at the same time wait for one growth. */
  #growOnce(): Promise<void> {
    this.#growing ??= this.#grow().finally(() => {
      this.#growing = null;
    });
    return this.#growing;
  }

  async #grow(): Promise<void> {
    const locked = await lockMore(this.#options, this.#range, this.#held);
    for (const [uid, handle] of locked) {
      this.#held.set(uid, handle);
      this.#free.push(uid);
    }
  }
}

/** At least one newly locked uid, walking once round the range from a random place. */
async function lockMore(
  options: UidPoolOptions,
  { first, count }: UidRange,
  held: ReadonlyMap<number, FileHandle>,
): Promise<ReadonlyMap<number, FileHandle>> {
  const dir = await uidDirectory(options.runtimeDir);
  const start = randomInt(count);
  const ring = Array.from({ length: count }, (_, index) => first + ((start + index) % count));
  const untried = ring.filter((uid) => !held.has(uid));
  for (let size = FIRST_BATCH; untried.length > 0; size = Math.min(size * 2, LARGEST_BATCH)) {
    const locked = await lockBatch(options.nativePath, dir, untried.splice(0, size));
    if (locked.size > 0) return locked;
  }
  const message = `all ${count} uids from ${first} are in use`;
  const hint = 'wait for runs to end, or configure a larger range';
  throw new WarderError('HOST_UIDS_EXHAUSTED', message, { details: { first, count }, hint });
}

async function lockBatch(
  nativePath: string,
  dir: string,
  uids: readonly number[],
): Promise<ReadonlyMap<number, FileHandle>> {
  const handles: FileHandle[] = [];
  try {
    for (const uid of uids) handles.push(await openLockFile(join(dir, String(uid))));
    const answers = await tryLockAll(nativePath, handles);
    const locked = new Map<number, FileHandle>();
    for (const [index, handle] of handles.entries()) {
      const uid = uids[index];
      if (answers[index] && uid !== undefined) locked.set(uid, handle);
      else await handle.close();
    }
    return locked;
  } catch (error) {
    await Promise.allSettled(handles.map((handle) => handle.close()));
    throw error;
  }
}

async function uidDirectory(runtimeDir: string): Promise<string> {
  const path = join(runtimeDir, 'uids');
  try {
    await makePrivateDirectory(path);
    return path;
  } catch (error) {
    throw lockFileFailure(path, error);
  }
}

/** Lock files are never removed: unlinking one while another process has it open would give two holders. */
async function openLockFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    throw lockFileFailure(path, error);
  }
}

function lockFileFailure(path: string, error: unknown): WarderError<'HOST_RUNTIME_DIR'> {
  const why = errnoOf(error);
  const message = `cannot keep the uid lock ${path}: ${why}`;
  return new WarderError('HOST_RUNTIME_DIR', message, { details: { path, why }, cause: error });
}
