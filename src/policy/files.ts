/** The one place of src/policy that reads files: policies and seccomp profiles alike. */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';

/** Files larger than this are refused before they are parsed (contract). */
export const MAX_FILE_BYTES = 1024 * 1024;

export interface FileBytes {
  /** Device and inode: one file under two names is one file. */
  readonly id: string;
  /** `undefined` when there are more than MAX_FILE_BYTES. */
  readonly bytes: Uint8Array | undefined;
}

/** Reads a regular file. @throws the error of open(2), read(2), or one whose message says what else it is */
export async function readFileBytes(path: string): Promise<FileBytes> {
  // O_NONBLOCK: opening a FIFO without a writer would wait for one (fifo(7)). O_NOCTTY: see open(2).
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new Error('EISDIR');
    if (!stat.isFile()) throw new Error('not a regular file');
    return { id: `${stat.dev}:${stat.ino}`, bytes: await readCapped(handle) };
  } finally {
    await handle.close();
  }
}

/** The names (without the ending) of the .yaml files in a directory, sorted. */
export async function yamlNames(directory: string): Promise<readonly string[]> {
  const files = await readdir(directory);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** Reads one byte more than allowed at most: the size in stat(2) is no promise. */
async function readCapped(handle: FileHandle): Promise<Uint8Array | undefined> {
  const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    length += bytesRead;
    if (length > MAX_FILE_BYTES) return undefined;
    if (bytesRead === 0) return buffer.subarray(0, length);
  }
}
