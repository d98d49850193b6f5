import { nativePath as findNative } from '#launch/native.ts';
import { findStale } from '#launch/owner-record.ts';
import { ensureRuntimeDir, resolveRuntimeDir } from '#launch/runtime-dir.ts';
import { removeScratchDirectories } from '#launch/scratch-directories.ts';
import { silentLogger } from '#log/logger.ts';
import { type SweepResult, sweepStale } from '#supervise/sweep.ts';
import { openCompileCache } from './compile-store.ts';

export interface Collected extends SweepResult {
  /** Empty directories that launchers left in /tmp and /run/user. */
  readonly directories: number;
  /** Entries of the compile cache beyond its size, and unfinished ones. */
  readonly compiled: number;
}

/** Removes what dead supervisors of this user left; what a living one holds is never touched. */
export async function collectGarbage(env: Readonly<Record<string, string | undefined>>): Promise<Collected> {
  const uid = process.geteuid?.() ?? -1;
  const runtimeDir = await ensureRuntimeDir(resolveRuntimeDir({ uid, env }), uid);
  const nativePath = findNative();
  const swept = await sweepStale(await findStale({ runtimeDir, nativePath }));
  // After the sweep: until then a process of a dead supervisor may be at work in them.
  const directories = uid === 0 ? await removeScratchDirectories({ runtimeDir, nativePath }) : [];
  const trimmed = await openCompileCache(env, silentLogger())?.trim();
  return { ...swept, directories: directories.length, compiled: trimmed?.entries ?? 0 };
}
