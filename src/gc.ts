import { nativePath } from '#launch/native.ts';
import { findStale } from '#launch/owner-record.ts';
import { ensureRuntimeDir, resolveRuntimeDir } from '#launch/runtime-dir.ts';
import { type SweepResult, sweepStale } from '#supervise/sweep.ts';

/** Removes what dead supervisors of this user left; what a living one holds is never touched. */
export async function collectGarbage(
  env: Readonly<Record<string, string | undefined>>,
): Promise<SweepResult> {
  const uid = process.geteuid?.() ?? -1;
  const runtimeDir = await ensureRuntimeDir(resolveRuntimeDir({ uid, env }), uid);
  return sweepStale(await findStale({ runtimeDir, nativePath: nativePath() }));
}
