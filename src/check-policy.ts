import { WarderError } from '#error/warder-error.ts';
import type { LoadedPolicy } from '#policy/assemble.ts';
import { languageIds } from '#policy/merge.ts';
import { resolvePolicy } from '#policy/resolve.ts';
import { buildFilter } from '#seccomp/build-filter.ts';
import { ARCHES } from '#seccomp/ir.ts';
import { profileLanguages } from '#seccomp/profile.ts';

/**
 * What loading a policy cannot tell: whether its seccomp rules compile, on each architecture, for the policy itself and
 * for each language that it or its profiles have something special for.
 * @throws WarderError SECCOMP_INVALID
 */
export function checkSeccomp(loaded: LoadedPolicy): void {
  const ofProfiles = [...loaded.profiles.values()].flatMap(({ documents }) => profileLanguages(documents));
  for (const languageId of new Set([undefined, ...languageIds(loaded.entries), ...ofProfiles])) {
    const { seccomp, network, execution } = resolvePolicy(loaded, { languageId }).policy;
    const profile = loaded.profiles.get(seccomp.profile);
    if (!profile) {
      const what = `the profile ${seccomp.profile} was not loaded with its policy`;
      throw new WarderError('INTERNAL_BUG', what, { details: { what } });
    }
    for (const arch of ARCHES) {
      buildFilter({
        arch,
        ...seccomp,
        profile,
        language: languageId,
        network: network.mode,
        writtenFiles: execution.writtenFiles,
      });
    }
  }
}
