import { basename } from 'node:path';
import { errnoOf, isWarderError } from '#error/warder-error.ts';
import { cgroupVersionOf, listChildGroups } from './files.ts';
import { killMembers } from './kill.ts';
import { removeGroups } from './remove.ts';
import { createV2Leaf } from './v2/leaf.ts';

/** Whatever a record says, nothing else is ever removed. */
const LEAF_PREFIX = /^warder-(?:escape-)?[0-9a-z]+-$/;

export interface SweptLeaves {
  readonly removed: readonly string[];
  readonly failed: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Kills and removes the children of `parent` whose names begin with `prefix`. A parent that does not exist holds
 * nothing; one that is not on a cgroup file system, or a prefix that is not ours, is reported as failed.
 */
export async function sweepLeaves(parent: string, prefix: string, deadlineMs: number): Promise<SweptLeaves> {
  if (!LEAF_PREFIX.test(prefix))
    return { removed: [], failed: [{ path: parent, why: `bad prefix ${prefix}` }] };
  const leaves = (await listChildGroups(parent)).filter((dir) => basename(dir).startsWith(prefix));
  if (leaves.length === 0) return { removed: [], failed: [] };
  const version = await cgroupVersionOf(parent);
  if (version === null)
    return { removed: [], failed: [{ path: parent, why: 'not on a cgroup file system' }] };
  const results = await Promise.all(leaves.map((dir) => sweepLeaf(version, dir, deadlineMs)));
  const failed = results.filter((result) => result !== null);
  return { removed: leaves.filter((_, index) => results[index] === null), failed };
}

/** Null when it is gone, else why not. */
async function sweepLeaf(version: 'v1' | 'v2', dir: string, deadlineMs: number) {
  try {
    if (version === 'v2') await createV2Leaf(basename(dir), dir).remove(deadlineMs);
    else await removeGroups([dir], deadlineMs, (leftMs) => killMembers([dir], leftMs));
    return null;
  } catch (error) {
    return { path: dir, why: isWarderError(error) ? error.message : errnoOf(error) };
  }
}
