import type { FilterRequest } from '#seccomp/build-filter.ts';

/** A request for `buildFilter` and `resolveFilter`: the named profile on x86_64 without a network, and what differs. */
export function filterRequest(profileName: string, overrides: Partial<FilterRequest> = {}): FilterRequest {
  return { arch: 'x86_64', profile: profileName, allow: [], deny: [], network: 'none', ...overrides };
}
