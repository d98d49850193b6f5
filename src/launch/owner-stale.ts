import { constants } from 'node:fs';
import { type FileHandle, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '#error/warder-error.ts';
import { type OwnerRecord, parseOwnerRecord } from './owner-schema.ts';

export const DRAFT_PREFIX = '.draft-';

/** Younger drafts and torn files are left alone: their supervisor may be between writing and locking. */
const SETTLED_MS = 60_000;
const RECORD_LIMIT_BYTES = 65_536;
/** Bounds the descriptors of one pass; what is left over is found by the next. */
const CANDIDATE_LIMIT = 256;

/** A file that may be stale; whether it is, its lock tells. */
export interface Candidate {
  readonly path: string;
  readonly handle: FileHandle;
  /** Unchanged for a minute. */
  readonly settled: boolean;
}

/** A record that nobody holds; we hold its lock, so that no other sweeper works on it at the same time. */
export interface StaleRecord {
  readonly path: string;
  /** Null for a file that is not a record (torn or foreign); there is nothing to sweep for it. */
  readonly record: OwnerRecord | null;
  /** False when the machine has been booted anew since, so that its leaves cannot exist. */
  readonly sameBoot: boolean;
  /** Removes the file; the lock stays until `close`. */
  unlink(): Promise<void>;
  close(): Promise<void>;
}

/** Opens every record, and every draft old enough to be an orphan. */
export async function openCandidates(owners: string): Promise<readonly Candidate[]> {
  const names = await readdir(owners);
  const wanted = names.filter((name) => name.endsWith('.json') || name.startsWith(DRAFT_PREFIX));
  const opened = await Promise.all(
    wanted.slice(0, CANDIDATE_LIMIT).map((name) => openCandidate(owners, name)),
  );
  return opened.filter((candidate) => candidate !== null);
}

async function openCandidate(owners: string, name: string): Promise<Candidate | null> {
  const path = join(owners, name);
  const handle = await openRecord(path);
  if (handle === null) return null;
  const stats = await handle.stat();
  const settled = Date.now() - stats.mtimeMs > SETTLED_MS;
  // A young draft must not even be tried: our holding its lock for a moment would make its owner's claim fail.
  if (stats.isFile() && (settled || !name.startsWith(DRAFT_PREFIX))) return { path, handle, settled };
  await handle.close();
  return null;
}

/** Null when it was removed meanwhile, or cannot be opened: what cannot be locked is left alone. */
async function openRecord(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}

/** Those whose lock was free (`free[i]`), read; all the others are closed. */
export async function keepStale(
  candidates: readonly Candidate[],
  free: readonly boolean[],
  bootId: string,
): Promise<readonly StaleRecord[]> {
  const kept = await Promise.all(
    candidates.map(async (candidate, index) => {
      const stale = free[index] === true ? await readStale(candidate, bootId) : null;
      if (stale === null) await candidate.handle.close();
      return stale;
    }),
  );
  return kept.filter((stale) => stale !== null);
}

async function readStale(candidate: Candidate, bootId: string): Promise<StaleRecord | null> {
  const record = await readRecord(candidate.handle);
  if (record === null && !candidate.settled) return null;
  return {
    path: candidate.path,
    record,
    sameBoot: record?.bootId === bootId,
    unlink: () => unlinkIfPresent(candidate.path),
    close: () => candidate.handle.close(),
  };
}

async function readRecord(handle: FileHandle): Promise<OwnerRecord | null> {
  const buffer = Buffer.alloc(RECORD_LIMIT_BYTES);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  return parseOwnerRecord(buffer.toString('utf8', 0, bytesRead));
}

async function unlinkIfPresent(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
