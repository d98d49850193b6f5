import type { InputIssue } from '#error/codes.ts';
import type { SeccompProfile } from '#seccomp/profile.ts';
import { type Entries, isProfilePath } from './flatten.ts';
import { relativeTo } from './reference.ts';
import { tryLoadProfile } from './seccomp-profile.ts';

export type PolicyProfiles =
  | { readonly ok: true; readonly profiles: ReadonlyMap<string, SeccompProfile> }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** The paths of profiles as seen from the policy file that names them, so that they mean the same after merging. */
export function anchorProfiles(entries: Entries, file: string): Entries {
  return new Map(
    [...entries].map(([path, entry]) =>
      isProfilePath(path)
        ? [path, { ...entry, value: relativeTo(file, String(entry.value)) }]
        : [path, entry],
    ),
  );
}

/** Reads every profile that the entries name, each once. */
export async function loadPolicyProfiles(entries: Entries): Promise<PolicyProfiles> {
  const named = [...entries].filter(([path]) => isProfilePath(path));
  const profiles = new Map<string, SeccompProfile>();
  const issues: InputIssue[] = [];
  for (const [, { value, origins }] of new Map(named.map((pair) => [String(pair[1].value), pair])).values()) {
    const loaded = await tryLoadProfile(String(value), origins.at(-1));
    if (loaded.ok) profiles.set(String(value), loaded.profile);
    else issues.push(...loaded.issues);
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, profiles };
}
