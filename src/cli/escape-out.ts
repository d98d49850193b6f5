/** Where the report goes. */
import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { usageError } from './usage-error.ts';

/** Asked before the attacks, so that nobody waits for a report that cannot be kept. @throws WarderError REQUEST_INVALID */
export async function requireWritable(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw unwritable(path, error);
    return null;
  });
  if (found?.isDirectory() || path === '')
    throw usageError('--out', `cannot write \`${path}\`: it is no file`);
  await access(found === null ? dirname(path) : path, constants.W_OK).catch((error: unknown) => {
    throw unwritable(path, error);
  });
}

/** @throws WarderError REQUEST_INVALID */
export async function writeReport(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw unwritable(path, error);
  });
}

function unwritable(path: string, error: unknown): ReturnType<typeof usageError> {
  return usageError('--out', `cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`);
}
