import { basename, dirname } from 'node:path';
import { type DelegationFailure, type DelegationStepName, NEEDED_CONTROLLERS } from '#cgroup/delegation.ts';
import {
  cgroupVersionOf,
  isRealPath,
  makeGroupUnlessPresent,
  refusalOf,
  writeGroupFile,
} from '#cgroup/files.ts';
import { type GroupState, readGroupState } from '#cgroup/v2/subtree.ts';
import { errnoOf, isWarderError } from '#error/warder-error.ts';
import type { HeldScope } from '#launch/scope.ts';
import { askDelegation, type SystemdEnv } from '#launch/systemd.ts';
import { foreignMembers } from './members.ts';

/** A group in which leaves can be made. */
export interface Candidate {
  readonly dir: string;
  /** Controllers that every leaf needs and that are not available there. */
  readonly lacking: readonly string[];
  /** Makes it free of processes, if it is not; nothing has been changed before. */
  readonly prepare: () => Promise<void>;
  readonly scope: HeldScope | null;
}

/** Where a supervisor goes that moves itself aside. A next one in the same place finds it by this name. */
const SUPERVISOR_GROUP = 'warder-supervisor';
const MOUNT_ROOT = '/sys/fs/cgroup';

const MOVE_SELF =
  'let the supervisor move itself into a subgroup: createWarder({ cgroup: { moveSelf: true } })';
/** Root's is made by the system's systemd: `systemd-run --user` asks for one of root's own, which seldom runs. */
const ownScopeFix = (): string =>
  `start warder in a scope of its own: systemd-run ${process.geteuid?.() === 0 ? '' : '--user '}--scope --property=Delegate=yes -- COMMAND`;
const NOT_DELEGATED =
  'systemd manages it (Delegate=yes is not set), and may take the limits of our leaves away';
const PARENT_FIX = (dir: string) =>
  `name a directory on cgroup2 below ${MOUNT_ROOT} that is yours, holds no process, and passes memory, pids and cpu on; not ${dir}`;
/** Freezing reaches down (cgroup-v2.rst, "cgroup.freeze"), so it may have been asked for further up. */
const THAW_FIX = (dir: string) =>
  `echo 0 > ${dir}/cgroup.freeze, or in the group above it that was frozen; a unit: systemctl thaw UNIT`;

/** The directory that the operator names. Nothing is moved out of it: it has to be free of processes. */
export async function inspectParent(dir: string): Promise<Candidate | DelegationFailure> {
  const fail = failWith('parent', `cgroup.parent ${dir}`, PARENT_FIX(dir));
  const below = dir === MOUNT_ROOT || dir.startsWith(`${MOUNT_ROOT}/`);
  if (!below || !(await isRealPath(dir))) return fail(`it is not a plain path below ${MOUNT_ROOT}`);
  if ((await cgroupVersionOf(dir)) !== 'v2') return fail('it is not on a cgroup2 file system');
  return inspect(dir, fail, (state) => {
    const free = state.members.length === 0 || state.isRoot;
    return free ? candidate(dir, state) : fail(`it holds ${count(state)}`);
  });
}

/**
 * The parent of our own group; null where that cannot be the place. It can where it is a unit (`*.service`, `*.scope`), or
 * where we were moved aside ourselves: a slice belongs to its user as well, but systemd manages what lies in it.
 */
export async function inspectSubgroup(
  own: string,
  env: SystemdEnv,
): Promise<Candidate | DelegationFailure | null> {
  if (own === MOUNT_ROOT) return null;
  const dir = dirname(own);
  const fail = failWith(
    'subgroup',
    `the group above ours, ${dir}`,
    'with systemd 254 or later: Delegate=yes and DelegateSubgroup=supervisor in the unit',
  );
  if (!isUnit(dir) && basename(own) !== SUPERVISOR_GROUP) return null;
  return inspect(dir, fail, async (state) => {
    if (state.members.length > 0) return fail(`it holds ${count(state)}`);
    return (await undelegated(dir, fail, env)) ?? candidate(dir, state);
  });
}

/** Our own group; `moveSelf` allows to move us out of its way, and in a container's root group what is ours besides. */
export async function inspectOwn(
  own: string,
  { moveSelf, env }: { readonly moveSelf: boolean; readonly env: SystemdEnv },
): Promise<Candidate | DelegationFailure> {
  const fail = failWith('own', `our own group, ${own}`, MOVE_SELF);
  return inspect(own, fail, async (state) => {
    if (state.isRoot) return candidate(own, state);
    if (!moveSelf) return fail('it holds this process, and a group that passes controllers on may hold none');
    const taken = await undelegated(own, (why) => ({ ...fail(why), fix: delegateFix(own) }), env);
    if (taken !== null) return taken;
    const foreign = await foreignMembers(state.members, { all: own === MOUNT_ROOT });
    if (foreign.length === 0) return candidate(own, state, () => moveAside(own, state.members));
    return {
      ...fail(`it holds processes that are not ours to move: ${foreign.slice(0, 5).join(', ')}`),
      fix: aloneFix(own),
    };
  });
}

/** A login's scope and a slice have no file that Delegate= could be set in. */
function delegateFix(own: string): string {
  return own.endsWith('.service') ? `Delegate=yes in the unit; or ${ownScopeFix()}` : ownScopeFix();
}

/** Whoever started us is in the unit too: a shell script, as a rule. */
function aloneFix(own: string): string {
  const alone =
    'let warder be alone in the unit: exec in the script that starts it, or DelegateSubgroup=supervisor (systemd 254)';
  return own.endsWith('.service') ? `${alone}; or ${ownScopeFix()}` : ownScopeFix();
}

function isUnit(dir: string): boolean {
  return /\.(?:service|scope)$/.test(dir);
}

/** Null where the group is ours to change; slices never are, nor is a unit that systemd is not heard to have given away. */
async function undelegated(dir: string, fail: Fail, env: SystemdEnv): Promise<DelegationFailure | null> {
  if (dir.endsWith('.slice')) return fail(NOT_DELEGATED);
  if (!isUnit(dir)) return null;
  const answer = await askDelegation(dir, env);
  if (answer === true) return null;
  if (answer === false) return fail(NOT_DELEGATED);
  const why = `systemd could not be asked whether it has delegated it: ${answer}`;
  return { ...fail(why), fix: `make this work where warder runs: systemctl show ${basename(dir)}` };
}

type Fail = (why: string) => DelegationFailure;

function failWith(step: DelegationStepName, tried: string, fix: string): Fail {
  return (why) => ({ step, tried, why, fix });
}

async function inspect(
  dir: string,
  fail: Fail,
  judge: (state: GroupState) => Promise<Candidate | DelegationFailure> | Candidate | DelegationFailure,
): Promise<Candidate | DelegationFailure> {
  const refusal = await refusalOf(dir);
  if (refusal !== null) return notWritable(fail(`we may not write to it: ${refusal}`), refusal, dir);
  try {
    const state = await readGroupState(dir);
    return state.isFrozen ? { ...fail('it is frozen'), fix: THAW_FIX(dir) } : await judge(state);
  } catch (error) {
    if (!isWarderError(error)) throw error;
    return fail(errnoOf(error.cause));
  }
}

/** Whoever may not write there is not helped by moving himself. */
function notWritable(failure: DelegationFailure, errno: string, dir: string): DelegationFailure {
  const readOnly = 'mount the cgroup file system read-write (systemd: without ProtectControlGroups=)';
  if (errno === 'EROFS') return { ...failure, fix: readOnly };
  return failure.step === 'own' ? { ...failure, fix: delegateFix(dir) } : failure;
}

export function candidate(
  dir: string,
  { available }: GroupState,
  prepare: () => Promise<void> = async () => {},
  scope: HeldScope | null = null,
): Candidate {
  const lacking = NEEDED_CONTROLLERS.filter((name) => !available.includes(name));
  return { dir, lacking, prepare, scope };
}

function count({ members }: GroupState): string {
  return members.length === 1 ? 'a process' : `${members.length} processes`;
}

/** Ours last: should one of the others refuse, we are still where we were. */
async function moveAside(own: string, members: readonly number[]): Promise<void> {
  const group = await makeGroupUnlessPresent(own, SUPERVISOR_GROUP);
  const others = members.filter((pid) => pid !== process.pid);
  for (const pid of [...others, process.pid]) await writeGroupFile(group, 'cgroup.procs', String(pid));
}
