import type { ResolvedPolicy } from '#policy/types.ts';

/**
 * What the compile phase runs under: the policy with the limits and the filter of its `compile` section, and nothing of
 * the world outside the request. A mount could change while an artefact in the cache does not, and no compiler needs a
 * network.
 */
export function compilePolicy(policy: ResolvedPolicy): ResolvedPolicy {
  return {
    ...policy,
    limits: policy.compileLimits,
    network: { mode: 'none' },
    filesystem: { ...policy.filesystem, mounts: [] },
    seccomp: compileSeccomp(policy),
  };
}

/** What the policy allows on top of one profile says nothing about another; what it denies, it denies to everything. */
function compileSeccomp({ seccomp, compileProfile }: ResolvedPolicy): ResolvedPolicy['seccomp'] {
  if (compileProfile === null) return seccomp;
  return { ...seccomp, profile: compileProfile, allow: [], places: { ...seccomp.places, allow: {} } };
}
