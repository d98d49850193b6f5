import { listShippedProfiles, loadSeccompProfile } from '#policy/seccomp-profile.ts';
import type { FilterRequest } from '#seccomp/build-filter.ts';
import type { SeccompProfile } from '#seccomp/profile.ts';

export const SHIPPED_PROFILES: ReadonlyMap<string, SeccompProfile> = new Map(
  await Promise.all(
    (await listShippedProfiles()).map(async (name) => [name, await loadSeccompProfile(name)] as const),
  ),
);

export function shippedProfile(name: string): SeccompProfile {
  const profile = SHIPPED_PROFILES.get(name);
  if (!profile) throw new Error(`no shipped profile is called ${name}`);
  return profile;
}

/** A request for `buildFilter` and `resolveFilter`: the named profile on x86_64 without a network, and what differs. */
export function filterRequest(profileName: string, overrides: Partial<FilterRequest> = {}): FilterRequest {
  return {
    arch: 'x86_64',
    profile: shippedProfile(profileName),
    allow: [],
    deny: [],
    network: 'none',
    ...overrides,
  };
}
