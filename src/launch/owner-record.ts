/**
 * Owner records: how the leaves of a dead supervisor are found again.
 *
 * Each supervisor writes one record below `<runtime>/owners` before it makes any leaf, and holds a lock on it until
 * it dies. A record whose lock is free therefore belongs to nobody. A record is written and locked as a draft and
 * only then linked to its name, so that no unlocked record of a living supervisor is ever seen.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import { tryLockAll } from './lock.ts';
import { encodeOwnerRecord, type OwnerRecord } from './owner-schema.ts';
import { DRAFT_PREFIX, keepStale, openCandidates, type StaleRecord } from './owner-stale.ts';
import { type ProcessOrigin, readProcessOrigin } from './process-origin.ts';
import { makePrivateDirectory } from './runtime-dir.ts';

export interface OwnersInput {
  /** A directory from `ensureRuntimeDir`. */
  readonly runtimeDir: string;
  /** The native program, which takes the locks. */
  readonly nativePath: string;
}

export interface ClaimInput extends OwnersInput {
  /** Below which directories the leaves will lie: `CgroupDriver.parents`. */
  readonly leafParents: readonly string[];
  /** Lower-case letters and digits, behind `escape-` for a group around the leaves of others; random by default. */
  readonly id?: string;
}

export interface Ownership {
  readonly record: OwnerRecord;
  /** Found in the same pass; the caller sweeps them, which closes them. */
  readonly stale: readonly StaleRecord[];
  /** Removes our record and gives the lock up; call when no leaf is left. */
  release(): Promise<void>;
  /** Gives the lock up and leaves the record, so that the next sweep finds the leaves that are left. */
  abandon(): Promise<void>;
}

/** Writes and locks our record, and finds the stale ones, with a single native call. */
export async function claimOwnership(input: ClaimInput): Promise<Ownership> {
  const owners = await ownersDirectory(input.runtimeDir);
  const origin = await readProcessOrigin();
  const record = makeRecord(input, origin);
  const draft = join(owners, `${DRAFT_PREFIX}${record.id}`);
  const handle = await writeDraft(draft, record);
  const opened: FileHandle[] = [handle];
  try {
    const candidates = await openCandidates(owners);
    opened.push(...candidates.map((candidate) => candidate.handle));
    const [ours, ...free] = await tryLockAll(input.nativePath, opened);
    if (!ours) throw recordFailure(draft, 'a new record is locked by somebody else');
    const path = join(owners, `${record.id}.json`);
    await publish(draft, path);
    const stale = await keepStale(candidates, free, origin.bootId);
    return { record, stale, release: () => release(path, handle), abandon: () => handle.close() };
  } catch (error) {
    await Promise.allSettled([unlink(draft), ...opened.map((one) => one.close())]);
    throw error;
  }
}

/** The records that nobody holds; the caller sweeps them, which closes them. No native call when there is none. */
export async function findStale(input: OwnersInput): Promise<readonly StaleRecord[]> {
  const owners = await ownersDirectory(input.runtimeDir);
  const { bootId } = await readProcessOrigin();
  const candidates = await openCandidates(owners);
  try {
    const free = await tryLockAll(
      input.nativePath,
      candidates.map((candidate) => candidate.handle),
    );
    return await keepStale(candidates, free, bootId);
  } catch (error) {
    await Promise.allSettled(candidates.map((candidate) => candidate.handle.close()));
    throw error;
  }
}

function makeRecord(input: ClaimInput, origin: ProcessOrigin): OwnerRecord {
  const id = input.id ?? randomBytes(8).toString('hex');
  return {
    schema: 1,
    id,
    ...origin,
    startedAt: new Date().toISOString(),
    leafParents: [...input.leafParents],
    leafPrefix: `warder-${id}-`,
  };
}

async function ownersDirectory(runtimeDir: string): Promise<string> {
  const path = join(runtimeDir, 'owners');
  try {
    await makePrivateDirectory(path);
    return path;
  } catch (error) {
    throw recordFailure(path, errnoOf(error), error);
  }
}

async function writeDraft(path: string, record: OwnerRecord): Promise<FileHandle> {
  const text = encodeOwnerRecord(record);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    await handle.writeFile(text);
    return handle;
  } catch (error) {
    // Where open was refused, the file is not ours.
    if (handle !== null) await Promise.allSettled([unlink(path), handle.close()]);
    throw recordFailure(path, errnoOf(error), error);
  }
}

/** link(2) rather than rename(2): it refuses to replace the record of another supervisor with the same id. */
async function publish(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
    await unlink(draft);
  } catch (error) {
    throw recordFailure(path, errnoOf(error), error);
  }
}

async function release(path: string, handle: FileHandle): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw recordFailure(path, errnoOf(error), error);
  } finally {
    await handle.close();
  }
}

function recordFailure(path: string, why: string, cause?: unknown): WarderError<'HOST_RUNTIME_DIR'> {
  const message = `cannot keep the owner record ${path}: ${why}`;
  return new WarderError('HOST_RUNTIME_DIR', message, { details: { path, why }, cause });
}
