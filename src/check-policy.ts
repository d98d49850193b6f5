import type { LoadedPolicy } from '#policy/assemble.ts';
import { languageIds } from '#policy/merge.ts';
import { resolvePolicy } from '#policy/resolve.ts';
import { buildFilter } from '#seccomp/build-filter.ts';
import { PLANNED_PROFILES } from '#seccomp/profiles.ts';

/**
 * What loading a policy cannot tell: whether its seccomp rules compile, for the policy itself and for each language that
 * it has overrides for. A profile that is planned is not held against it: the run that needs it is refused.
 * @throws WarderError SECCOMP_INVALID
 */
export function checkSeccomp(loaded: LoadedPolicy): void {
  for (const languageId of [undefined, ...languageIds(loaded.entries)]) {
    const { seccomp, network } = resolvePolicy(loaded, { languageId }).policy;
    const profile = PLANNED_PROFILES.includes(seccomp.profile) ? 'default' : seccomp.profile;
    buildFilter({ arch: 'x86_64', ...seccomp, profile, network: network.mode });
  }
}
