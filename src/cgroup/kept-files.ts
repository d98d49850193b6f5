import { join } from 'node:path';
import { errnoOf, isWarderError } from '#error/warder-error.ts';
import { openGroupFileIfPresent, rereadGroupFile, rewriteGroupFile } from './files.ts';
import { openAll } from './open-all.ts';

/** A file of a leaf that stays open, or one that this kernel or driver does not have. */
export interface KeptFile {
  /** The present text; null where the file does not exist. */
  read(): Promise<string | null>;
  /** One write; false where the kernel does not take it. */
  write(data: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface KeptFileRequest {
  /** Undefined where the controller is not used: nothing is opened then. */
  readonly dir: string | undefined;
  readonly file: string;
  /** `update` where the file is to be written too, as far as that is allowed. */
  readonly use?: 'read' | 'update';
}

/**
 * write(2) to a file that has no write method (EINVAL, EOPNOTSUPP), that may not be written (EACCES), or whose handle
 * had to be opened read-only (EBADF).
 */
const NOT_WRITABLE = new Set(['EACCES', 'EBADF', 'EINVAL', 'EOPNOTSUPP', 'ENOTSUP']);

const ABSENT_FILE: KeptFile = {
  read: async () => null,
  write: async () => false,
  close: async () => undefined,
};

/** Opens them all at once, or none. */
export async function openKeptFiles<K extends string>(
  requests: Readonly<Record<K, KeptFileRequest>>,
): Promise<Readonly<Record<K, KeptFile>>> {
  const keys = Object.keys(requests) as K[];
  const files = await openAll(keys.map((key) => openKeptFile(requests[key])));
  return Object.fromEntries(keys.map((key, index) => [key, files[index]])) as Record<K, KeptFile>;
}

export async function closeKeptFiles(files: Readonly<Record<string, KeptFile>>): Promise<void> {
  await Promise.all(Object.values(files).map((file) => file.close()));
}

async function openKeptFile({ dir, file, use }: KeptFileRequest): Promise<KeptFile> {
  const handle = dir === undefined ? null : await openGroupFileIfPresent(dir, file, use);
  if (dir === undefined || handle === null) return ABSENT_FILE;
  const path = join(dir, file);
  return {
    read: () => rereadGroupFile(handle, path),
    write: (data) => isTaken(rewriteGroupFile(handle, path, data)),
    close: () => handle.close(),
  };
}

async function isTaken(writing: Promise<void>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (isWarderError(error) && NOT_WRITABLE.has(errnoOf(error.cause))) return false;
    throw error;
  }
}
