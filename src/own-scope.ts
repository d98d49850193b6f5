import { detectCgroups } from '#cgroup/detect.ts';
import { inspectOwn, inspectSubgroup } from '#host/cgroup/candidates.ts';
import { userBusAbsent } from '#host/cgroup/scope-place.ts';
import {
  OWN_SCOPE_VARIABLE,
  type OwnScopeEnd,
  type OwnScopeOptions,
  runInOwnScope,
} from '#launch/own-scope.ts';

/** Names a directory for leaves, for those who cannot pass options. */
export const PARENT_VARIABLE = 'WARDER_CGROUP_PARENT';

/**
 * For the command line of an ordinary user who was not started in a delegated group: runs it once more in a scope of
 * the user's systemd. null when that is not needed, not possible, or this is the one inside already.
 */
export async function rerunInOwnScope(options: OwnScopeOptions): Promise<OwnScopeEnd | null> {
  const { env } = options;
  const uid = process.geteuid?.() ?? -1;
  // Root gets its scope and moves into it what it likes, without a second start.
  if (uid === 0 || env[OWN_SCOPE_VARIABLE] || env[PARENT_VARIABLE]) return null;
  const own = await detectCgroups();
  if (own.driver !== 'v2' || (await userBusAbsent(uid, env)) !== null) return null;
  for (const inspect of [
    () => inspectSubgroup(own.dir, env),
    () => inspectOwn(own.dir, { moveSelf: true, env }),
  ]) {
    const found = await inspect();
    if (found !== null && 'dir' in found && found.lacking.length === 0) return null;
  }
  return runInOwnScope(options);
}
