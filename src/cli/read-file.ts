/** Files that the command line names, opened so that nothing surprising is read and nothing hangs. */
import { close, constants, createReadStream, fstat, open } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream as TerminalStream } from 'node:tty';
import { promisify } from 'node:util';
import { WarderError } from '#index.ts';
import { usageError } from './usage-error.ts';

/** Above every workspace that makes sense; keeps /dev/zero from filling our memory. */
const MAX_FILE_BYTES = 256 * 1024 ** 2;

export interface FileContent {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly executable: boolean;
}

/**
 * Reads a whole file. `option` is what the user wrote it after, for messages; empty for an argument. Pipes are fine (`<(command)` is one);
 * directories are refused with a hint.
 * @throws WarderError REQUEST_FILE_UNREADABLE, REQUEST_INVALID
 */
export async function readWhole(path: string, option: string): Promise<FileContent> {
  const { stream, executable } = await openStream(path, option);
  try {
    return { content: await readAll(stream, option, path), executable };
  } catch (error) {
    if (error instanceof WarderError) throw error;
    throw unreadable(path, error);
  } finally {
    stream.destroy();
  }
}

/** @throws WarderError REQUEST_INVALID when there is more than MAX_FILE_BYTES */
export async function readAll(
  stream: Readable,
  option: string,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_FILE_BYTES)
      throw usageError(option, `${name} is larger than ${MAX_FILE_BYTES / 1024 ** 2} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface OpenedStream {
  readonly stream: Readable;
  readonly executable: boolean;
}

/** Plain descriptors: a FileHandle would close its own when it is collected, under the stream that reads it. */
const openFd = promisify(open);
const closeFd = promisify(close);
const statFd = promisify(fstat);

/**
 * A file as a stream that can be given up at any time: a read of a pipe or terminal must not sit in the thread pool,
 * where it could not be cancelled and would keep this process from ending.
 */
export async function openStream(path: string, option: string): Promise<OpenedStream> {
  const fd = await openFd(path, constants.O_RDONLY | constants.O_NOCTTY).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const stat = await statFd(fd);
  if (stat.isDirectory()) {
    await closeFd(fd);
    throw usageError(option, `${path} is a directory`, 'Name a file; --file takes one, and can be repeated');
  }
  const executable = stat.isFile() && (stat.mode & 0o100) !== 0;
  return { stream: toStream(fd, stat.isFIFO()), executable };
}

function toStream(fd: number, isPipe: boolean): Readable {
  if (isPipe) return new Socket({ fd, readable: true, writable: false });
  return isatty(fd) ? new TerminalStream(fd) : createReadStream('', { fd });
}

function unreadable(path: string, cause: unknown): WarderError<'REQUEST_FILE_UNREADABLE'> {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new WarderError('REQUEST_FILE_UNREADABLE', `cannot read ${path}: ${errno}`, {
    details: { path, errno },
    cause,
    ...(errno === 'ENOENT' ? { hint: 'Check the path; it is relative to the current directory' } : {}),
  });
}
