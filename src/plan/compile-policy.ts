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
  };
}
