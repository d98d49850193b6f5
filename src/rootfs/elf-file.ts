import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type ElfInfo, parseElf } from './elf.ts';

/** Reads at most this much at once, whatever the file says. */
const MAX_READ_BYTES = 64 * 1024;

/**
 * The loader's view of the regular file at `path`; null for what is no 64-bit ELF file. The last component is not followed
 * when it is a link. Synchronous: a handful of small reads per file, most of which end after the first one.
 */
export function readElfFile(path: string): ElfInfo | null {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return parseElf({ read: (offset, length) => readAt(fd, offset, length) });
  } finally {
    closeSync(fd);
  }
}

function readAt(fd: number, offset: number, length: number): Uint8Array {
  if (!Number.isSafeInteger(offset) || offset < 0) return new Uint8Array();
  const buffer = Buffer.alloc(Math.min(length, MAX_READ_BYTES));
  const bytesRead = readSync(fd, buffer, 0, buffer.length, offset);
  return buffer.subarray(0, bytesRead);
}
