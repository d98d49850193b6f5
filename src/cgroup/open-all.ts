import type { FileHandle } from './files.ts';

/** All or nothing: when one cannot be opened, the others are closed and the first error is thrown. */
export async function openAll(opening: readonly Promise<FileHandle>[]): Promise<readonly FileHandle[]> {
  const results = await Promise.allSettled(opening);
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return opened;
  await Promise.allSettled(opened.map((handle) => handle.close()));
  throw failed.reason;
}
