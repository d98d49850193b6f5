import type { InputIssue } from '#error/codes.ts';
import { suggest } from '#util/suggest.ts';
import { DEFAULT_GROUPS, type ProfileGroup } from './profile-default.ts';
import { invalidSeccomp } from './validate.ts';

/** Names that policies may already use; their rules come with the profile files. */
export const PLANNED_PROFILES: readonly string[] = ['strict', 'paranoid', 'compiler'];

const PROFILE_NAMES: readonly string[] = ['default'];

/**
 * The calls that a profile allows, over the prologue, each with who needs it.
 * @throws WarderError SECCOMP_INVALID for a name that does not exist (yet).
 */
export function profileSyscalls(profile: string): ReadonlyMap<string, string> {
  if (profile !== 'default')
    throw invalidSeccomp('the seccomp profile cannot be used', [profileIssue(profile)]);
  return syscallsOf(DEFAULT_GROUPS);
}

function syscallsOf(groups: readonly ProfileGroup[]): ReadonlyMap<string, string> {
  return new Map(groups.flatMap(({ why, syscalls }) => syscalls.map((syscall) => [syscall, why] as const)));
}

function profileIssue(profile: string): InputIssue {
  const path = 'seccomp.profile';
  if (PLANNED_PROFILES.includes(profile)) {
    return { path, message: `the profile \`${profile}\` does not exist yet; \`default\` is the only one` };
  }
  const near = suggest(profile, PROFILE_NAMES);
  const message = `unknown profile \`${profile}\`; known: ${PROFILE_NAMES.join(', ')}`;
  return near === undefined ? { path, message } : { path, message, suggestion: near };
}
