import type { DelegationFailure } from '#cgroup/delegation.ts';
import { readGroupFile, readGroupFileIfPresent, writeGroupFile } from '#cgroup/files.ts';
import { parseKeyed, parseNames, parsePids } from '#cgroup/parse.ts';
import { errnoOf, isWarderError } from '#error/warder-error.ts';

/** In the order of need. */
const WANTED = ['memory', 'pids', 'cpu', 'io', 'cpuset'] as const;

/** What a group passes on to its children after we asked it to. */
export interface Subtree {
  readonly passed: readonly string[];
  /** Of the controllers that every leaf needs. */
  readonly missing: readonly Pick<DelegationFailure, 'tried' | 'why'>[];
}

/**
 * Enables the controllers for the children of `dir`, one write each: a single write with one unavailable name fails
 * as a whole (cgroup-v2.rst, "Enabling and Disabling").
 */
export async function passControllersOn(dir: string, needed: readonly string[]): Promise<Subtree> {
  const [available, before] = await Promise.all([
    readGroupFile(dir, 'cgroup.controllers'),
    readGroupFile(dir, 'cgroup.subtree_control'),
  ]);
  const passed: string[] = [];
  const missing: Pick<DelegationFailure, 'tried' | 'why'>[] = [];
  for (const controller of WANTED) {
    const why = await enable(dir, controller, parseNames(available), parseNames(before));
    if (why === null) passed.push(controller);
    else if (needed.includes(controller)) {
      missing.push({ tried: `+${controller} in ${dir}/cgroup.subtree_control`, why });
    }
  }
  return { passed, missing };
}

/** Null when it is enabled, else why not. */
async function enable(
  dir: string,
  controller: string,
  available: readonly string[],
  before: readonly string[],
): Promise<string | null> {
  if (before.includes(controller)) return null;
  if (!available.includes(controller)) return `${controller} is not in its cgroup.controllers`;
  try {
    await writeGroupFile(dir, 'cgroup.subtree_control', `+${controller}`);
    return null;
  } catch (error) {
    const errno = isWarderError(error) ? errnoOf(error.cause) : '';
    if (errno === '') throw error;
    return errno === 'EBUSY' ? 'EBUSY: the group itself holds processes' : errno;
  }
}

/** A group as its own files show it. */
export interface GroupState {
  readonly available: readonly string[];
  readonly passed: readonly string[];
  /** Processes of the group itself; 0 stands for one that our pid namespace does not show. */
  readonly members: readonly number[];
  /** The root of the whole hierarchy, which may hold processes and pass controllers on (it has no cgroup.type). */
  readonly isRoot: boolean;
  /** By itself or by a group above it: whatever is born there stops at once, and is never heard of. */
  readonly isFrozen: boolean;
}

export async function readGroupState(dir: string): Promise<GroupState> {
  const [available, passed, members, type, events] = await Promise.all([
    readGroupFile(dir, 'cgroup.controllers'),
    readGroupFile(dir, 'cgroup.subtree_control'),
    readGroupFile(dir, 'cgroup.procs'),
    readGroupFileIfPresent(dir, 'cgroup.type'),
    readGroupFileIfPresent(dir, 'cgroup.events'),
  ]);
  return {
    available: parseNames(available),
    passed: parseNames(passed),
    members: parsePids(members),
    isRoot: type === null,
    isFrozen: parseKeyed(events, 'frozen') === 1,
  };
}
