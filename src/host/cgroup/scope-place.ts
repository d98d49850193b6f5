import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { DelegationFailure } from '#cgroup/delegation.ts';
import { cgroupVersionOf, makeGroup, readGroupFileIfPresent, writeGroupFile } from '#cgroup/files.ts';
import { parseKeyed } from '#cgroup/parse.ts';
import { readGroupState } from '#cgroup/v2/subtree.ts';
import { errnoOf, isWarderError } from '#error/warder-error.ts';
import { type HeldScope, holdScope } from '#launch/scope.ts';
import type { SystemdEnv } from '#launch/systemd.ts';
import { type Candidate, candidate } from './candidates.ts';

const MOUNT_ROOT = '/sys/fs/cgroup';
/** The doctor's repair goes by it. */
export const USER_SYSTEMD_FROZEN = "the user's systemd is frozen";
/** Where the process goes that holds the scope. */
const HOLDER_GROUP = 'holder';

export interface ScopeInput {
  /** Of the owner record; names the scope. */
  readonly id: string;
  readonly uid: number;
  readonly env: SystemdEnv;
}

/** A scope of ours from the manager of our own user, with its holder moved out of the way. */
export async function makeScope({ id, uid, env }: ScopeInput): Promise<Candidate | DelegationFailure> {
  const manager = uid === 0 ? 'system' : 'user';
  const fail = (why: string, fix: string): DelegationFailure => {
    return { step: 'scope', tried: `a transient scope of the ${manager}'s systemd`, why, fix };
  };
  const absent = uid === 0 ? await systemAbsent() : await userBusAbsent(uid, env);
  if (absent) return fail(absent.why, absent.fix);
  const scope = await holdScope({ name: `warder-${id}`, manager, env });
  if (typeof scope === 'string') return fail(scope, `try it by hand: systemd-run --${manager} --scope true`);
  try {
    const found = await occupy(scope);
    if (found) return found;
    await scope.close();
    return fail('it lies outside of our cgroup namespace', OUTSIDE_FIX);
  } catch (error) {
    await scope.close();
    if (!isWarderError(error)) throw error;
    return fail(
      `${errnoOf(error.cause)}: ${error.message}`,
      'see whether systemd makes the scope on cgroup v2',
    );
  }
}

/** The holder is looked for where the scope should be: from inside a cgroup namespace it is out of sight. */
async function occupy(scope: HeldScope): Promise<Candidate | null> {
  const dir = `${MOUNT_ROOT}${scope.path}`;
  const isVisible = !scope.path.split('/').includes('..') && (await cgroupVersionOf(dir)) === 'v2';
  if (!isVisible || !(await readGroupState(dir)).members.includes(scope.pid)) return null;
  const group = await makeGroup(dir, HOLDER_GROUP);
  await writeGroupFile(group, 'cgroup.procs', String(scope.pid));
  return candidate(dir, await readGroupState(dir), undefined, scope);
}

const OUTSIDE_FIX =
  'let the supervisor move the processes of the container aside: createWarder({ cgroup: { moveSelf: true } })';

type Absence = Pick<DelegationFailure, 'why' | 'fix'> | null;

/** sd_booted(3). */
async function systemAbsent(): Promise<Absence> {
  if (await exists('/run/systemd/system')) return null;
  const fix = 'make a group by hand and name it: cgroup.parent, or WARDER_CGROUP_PARENT for the command line';
  return { why: 'systemd is not the init of this host', fix };
}

/** Why the manager of our user cannot be asked; null when nothing speaks against it. */
export async function userBusAbsent(uid: number, env: SystemdEnv): Promise<Absence> {
  if (await isManagerFrozen(uid)) {
    return { why: USER_SYSTEMD_FROZEN, fix: `as root: systemctl thaw user@${uid}.service` };
  }
  const runtimeDir = env['XDG_RUNTIME_DIR'];
  const isAddressed = Boolean(env['DBUS_SESSION_BUS_ADDRESS']);
  if (runtimeDir === undefined && !isAddressed) {
    const fix = `export XDG_RUNTIME_DIR=/run/user/${uid}, with a user manager that runs: loginctl enable-linger ${uid} (as root)`;
    return { why: "XDG_RUNTIME_DIR is not set, so the user's systemd cannot be found", fix };
  }
  if (isAddressed || (await exists(join(runtimeDir ?? '', 'bus')))) return null;
  return { why: `there is no user bus at ${runtimeDir}/bus`, fix: `as root: loginctl enable-linger ${uid}` };
}

/** It would not answer, which takes the time of every attempt to find out. */
async function isManagerFrozen(uid: number): Promise<boolean> {
  const group = `${MOUNT_ROOT}/user.slice/user-${uid}.slice/user@${uid}.service`;
  return parseKeyed(await readGroupFileIfPresent(group, 'cgroup.events'), 'frozen') === 1;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
