import { type SweptLeaves, sweepLeaves } from '#cgroup/sweep-leaves.ts';
import { errnoOf } from '#error/warder-error.ts';
import type { StaleRecord } from '#launch/owner-stale.ts';

/** Killing is immediate; the rest is the kernel tearing processes down. */
const LEAF_DEADLINE_MS = 2000;

export interface SweepResult {
  /** Stale records that are gone now. */
  readonly records: number;
  /** Directories removed; a v1 leaf has one in each hierarchy. */
  readonly leaves: number;
  /** What could not be removed; its record is kept for the next sweep. */
  readonly failed: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Removes what dead supervisors left: the processes in their leaves, the leaves, the records. `stale` comes from
 * `claimOwnership` or `findStale`, whose locks keep other sweepers away; they are given up here in any case.
 */
export async function sweepStale(stale: readonly StaleRecord[]): Promise<SweepResult> {
  // A group around leaves of others can go only when they have.
  const isOuter = ({ record }: StaleRecord): boolean => record?.id.startsWith('escape-') === true;
  const inner = await Promise.all(stale.filter((one) => !isOuter(one)).map(sweepRecord));
  const outer = await Promise.all(stale.filter(isOuter).map(sweepRecord));
  const results = [...inner, ...outer];
  const failed = results.flatMap((result) => result.failed);
  const leaves = results.reduce((sum, result) => sum + result.removed.length, 0);
  return { records: results.filter((result) => result.failed.length === 0).length, leaves, failed };
}

async function sweepRecord(stale: StaleRecord): Promise<SweptLeaves> {
  try {
    const swept = await sweepLeavesOf(stale);
    // The record goes last: as long as a leaf is left, something has to lead to it.
    if (swept.failed.length === 0) await stale.unlink();
    return swept;
  } catch (error) {
    return { removed: [], failed: [{ path: stale.path, why: errnoOf(error) }] };
  } finally {
    await stale.close();
  }
}

async function sweepLeavesOf({ record, sameBoot }: StaleRecord): Promise<SweptLeaves> {
  if (record === null || !sameBoot) return { removed: [], failed: [] };
  const { leafParents, leafPrefix } = record;
  const results = await Promise.all(leafParents.map((dir) => sweepLeaves(dir, leafPrefix, LEAF_DEADLINE_MS)));
  return {
    removed: results.flatMap((result) => result.removed),
    failed: results.flatMap((result) => result.failed),
  };
}
