/**
 * Finding the place for leaves on cgroup v2.
 *
 * A group that passes controllers on to leaves must not hold processes itself (cgroup-v2.rst, "No Internal Process
 * Constraint"), and whoever moves a process into a leaf has to be allowed to write to the common ancestor of where it
 * was and where it goes ("Delegation Containment"). So there are four places, tried in this order:
 *
 *   1. the directory that the operator names (`cgroup.parent`), and no other then;
 *   2. the group above ours, when we were started in a subgroup of a delegated unit (DelegateSubgroup= of systemd);
 *   3. the group that we are in, when we are alone in it and may move ourselves aside (`cgroup.moveSelf`), or when it
 *      is the root of the hierarchy, which may hold processes;
 *   4. a transient scope that systemd makes for us: the user's manager for a user, the system's for root. From a login
 *      session nothing may be moved into it, so systemd is asked to move every launcher.
 *
 * Nothing is written before the group has been seen to list this process (detect.ts).
 */
import { dirname } from 'node:path';
import {
  type DelegationFailure,
  delegateControllersFix,
  NEEDED_CONTROLLERS,
  OPTIONAL_CONTROLLERS,
} from '#cgroup/delegation.ts';
import type { CgroupLocation } from '#cgroup/types.ts';
import { passControllersOn } from '#cgroup/v2/subtree.ts';
import type { HeldScope } from '#launch/scope.ts';
import { type Candidate, inspectOwn, inspectParent, inspectSubgroup } from './candidates.ts';
import { makeScope, type ScopeInput } from './scope-place.ts';

export interface PlaceInput extends ScopeInput {
  readonly options: CgroupOptions;
}

export interface CgroupOptions {
  /** An existing delegated directory; null = find one. */
  readonly parent: string | null;
  /** Whether this process may be moved into a subgroup of its own group. */
  readonly moveSelf: boolean;
}

export interface CgroupPlace {
  /** On v2, `dir` is the parent of the leaves and `controllers` what it passes on to them. */
  readonly location: CgroupLocation;
  /** Steps that did not lead there, in the order of trying. */
  readonly failures: readonly DelegationFailure[];
  /** Controllers of optional limits that are not passed on, which is no failure before somebody asks for them. */
  readonly optional?: readonly DelegationFailure[];
  /** To be closed when no leaf is left. */
  readonly scope: HeldScope | null;
}

type V2Location = Extract<CgroupLocation, { driver: 'v2' }>;

/** `own` is what `detectCgroups` found; anything but v2 is passed through. Never rejects for what the host refuses. */
export async function findPlace(own: CgroupLocation, input: PlaceInput): Promise<CgroupPlace> {
  const { parent } = input.options;
  if (own.driver === 'v1' && parent === null) return { location: own, failures: [], scope: null };
  const failures: DelegationFailure[] = [];
  const candidates: Candidate[] = [];
  for (const inspect of inspections(own, input)) {
    const found = await inspect();
    if (found === null) continue;
    if ('why' in found) failures.push(found);
    else candidates.push(found);
    if ('dir' in found && found.lacking.length === 0) return take(found, input, failures);
  }
  const scope = parent === null && own.driver === 'v2' ? await makeScope(input) : null;
  if (scope && 'why' in scope) failures.push(scope);
  else if (scope) return take(scope, input, failures);
  // A place that lacks a controller is still one: policies that do not ask for it can be held there.
  const [incomplete] = candidates;
  if (incomplete) return take(incomplete, input, failures);
  const why = own.driver === 'none' && parent === null ? own.why : 'no group was delegated to this process';
  return { location: { driver: 'none', why }, failures, scope: null };
}

type Inspection = () => Promise<Candidate | DelegationFailure | null>;

function inspections(own: CgroupLocation, { options, env }: PlaceInput): readonly Inspection[] {
  const { parent, moveSelf } = options;
  if (parent !== null) return [() => inspectParent(parent)];
  if (own.driver !== 'v2') return [];
  return [() => inspectSubgroup(own.dir, env), () => inspectOwn(own.dir, { moveSelf, env })];
}

/** Makes the candidate ready, and says what it does not pass on after all. */
async function take(
  candidate: Candidate,
  { uid }: PlaceInput,
  failures: readonly DelegationFailure[],
): Promise<CgroupPlace> {
  const { dir, scope } = candidate;
  await candidate.prepare();
  const { passed, missing } = await passControllersOn(dir, [...NEEDED_CONTROLLERS, ...OPTIONAL_CONTROLLERS]);
  const location: V2Location = { driver: 'v2', dir, controllers: passed };
  const fix = missingFix(uid, dir);
  const lacking = missing.map((one) => ({ step: 'controllers' as const, ...one, fix }));
  const isOptional = ({ tried }: DelegationFailure): boolean =>
    OPTIONAL_CONTROLLERS.some((controller) => tried.startsWith(`+${controller} `));
  return {
    location,
    failures: [...failures, ...lacking.filter((one) => !isOptional(one))],
    optional: lacking.filter(isOptional),
    scope,
  };
}

function missingFix(uid: number, dir: string): string {
  if (uid !== 0) return delegateControllersFix(uid);
  const above = dirname(dir);
  return `echo "+memory +pids +cpu" > ${above}/cgroup.subtree_control, after the groups above it, or boot without cgroup_disable=: see /sys/fs/cgroup/cgroup.controllers`;
}
