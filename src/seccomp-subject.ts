/** Which filter a name means, for the commands that look at filters. */
import { findLanguage } from '#languages/registry.ts';
import type { LoadedPolicy } from '#policy/assemble.ts';
import { listShippedPolicies, loadPolicyFile } from '#policy/load.ts';
import { isPath } from '#policy/reference.ts';
import { resolvePolicy } from '#policy/resolve.ts';
import { listShippedProfiles, loadSeccompProfile } from '#policy/seccomp-profile.ts';
import { type BuiltFilter, buildFilter, type FilterRequest } from '#seccomp/build-filter.ts';
import type { Arch } from '#seccomp/ir.ts';

export interface SubjectOptions {
  readonly arch: Arch;
  /** The name is a policy's, also where a profile has the same one. */
  readonly policy: boolean;
  /** Id or alias. */
  readonly language?: string | undefined;
  /** Instead of the policy's own; a profile alone has `none`. */
  readonly network?: 'none' | 'loopback' | undefined;
}

export interface SeccompSubject {
  readonly kind: 'profile' | 'policy';
  readonly name: string;
  readonly built: BuiltFilter;
  /** What an import left out or changed, each with its place; empty for profiles of our own format. */
  readonly notes: readonly string[];
}

/**
 * A profile stands for itself: what it allows above the prologue, without a network. A policy adds its own `allow` and
 * `deny`, its network mode and `execution.writtenFiles`. A name or file of both kinds means the profile.
 * @throws WarderError SECCOMP_INVALID, POLICY_*, REQUEST_INVALID
 */
export async function seccompSubject(name: string, options: SubjectOptions): Promise<SeccompSubject> {
  const profile = options.policy || !(await namesProfile(name)) ? undefined : await loadSeccompProfile(name);
  const language = options.language === undefined ? undefined : findLanguage(options.language).id;
  const wish = { ...options, language };
  const request = profile
    ? { arch: options.arch, profile, language, allow: [], deny: [], network: options.network ?? 'none' }
    : policyRequest(await loadPolicyFile(name), wish);
  const notes = request.profile.notes.map(({ value, place }) => `${place.file}:${place.line ?? 0}: ${value}`);
  return { kind: profile ? 'profile' : 'policy', name, built: buildFilter(request), notes };
}

/**
 * Policy files are told by `--policy`: their path does not show what is in them. A name of neither kind is taken for a
 * profile's, so that what is said about it names the profiles that there are.
 */
async function namesProfile(name: string): Promise<boolean> {
  if (isPath(name) || (await listShippedProfiles()).includes(name)) return true;
  return !(await listShippedPolicies()).includes(name);
}

function policyRequest(loaded: LoadedPolicy, { arch, language, network }: SubjectOptions): FilterRequest {
  const { policy } = resolvePolicy(loaded, { languageId: language });
  const { profile: name, ...rules } = policy.seccomp;
  const profile = loaded.profiles.get(name);
  if (profile === undefined) throw new Error(`the policy ${loaded.name} came without its profile ${name}`);
  return {
    arch,
    profile,
    language,
    ...rules,
    network: network ?? policy.network.mode,
    writtenFiles: policy.execution.writtenFiles,
  };
}
