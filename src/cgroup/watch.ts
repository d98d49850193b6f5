import { join } from 'node:path';
import type { LeafWatch } from './driver.ts';
import { type FileHandle, openGroupFileIfPresent, rereadGroupFile } from './files.ts';

/** A file kept open for polling, or one that this kernel does not have. */
export interface WatchedFile {
  /** The present text; null where the file does not exist. */
  read(): Promise<string | null>;
  close(): Promise<void>;
}

/** Opens a file of the group for polling; `dir` is null where the controller is not used. */
export async function openWatchedFile(dir: string | null, file: string): Promise<WatchedFile> {
  const handle: FileHandle | null = dir === null ? null : await openGroupFileIfPresent(dir, file);
  if (handle === null || dir === null) return { read: async () => null, close: async () => undefined };
  const path = join(dir, file);
  return { read: () => rereadGroupFile(handle, path), close: () => handle.close() };
}

/** A watch over two files, with the parsers of one driver. */
export async function openLeafWatch(
  opening: readonly [Promise<WatchedFile>, Promise<WatchedFile>],
  parse: { oomKill(text: string | null): number; cpuTotalUs(text: string | null): number | null },
): Promise<LeafWatch> {
  const results = await Promise.allSettled(opening);
  const [oom, cpu] = results;
  if (oom.status === 'rejected' || cpu.status === 'rejected') {
    for (const result of results) if (result.status === 'fulfilled') await result.value.close();
    throw oom.status === 'rejected' ? oom.reason : (cpu as PromiseRejectedResult).reason;
  }
  return {
    async read() {
      const [oomText, cpuText] = await Promise.all([oom.value.read(), cpu.value.read()]);
      return { oomKill: parse.oomKill(oomText), cpuTotalUs: parse.cpuTotalUs(cpuText) };
    },
    async close() {
      await Promise.all([oom.value.close(), cpu.value.close()]);
    },
  };
}
