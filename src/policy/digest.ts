import { createHash } from 'node:crypto';
import type { SeccompProfile } from '#seccomp/profile.ts';
import { withDefaults } from './defaults.ts';
import { type Entries, isProfilePath, type Leaf } from './flatten.ts';
import { baseLeaf } from './limit-fields.ts';

/**
 * SHA-256 (hex) over the canonical JSON of a policy: every leaf by path, sorted, limits in base units, defaults filled
 * in; ceilings, compile and languages included. A seccomp profile counts by its rules, in place of its name: a policy whose
 * profile changes is another policy. Name, description, file names and spelling (1GiB, 1024MiB) do not count.
 */
export function digestEntries(entries: Entries, profiles: ReadonlyMap<string, SeccompProfile>): string {
  return createHash('sha256').update(canonicalJson(entries, profiles)).digest('hex');
}

/** The text that the digest is made of; property order is fixed by the sort and by flatten.ts. */
export function canonicalJson(entries: Entries, profiles: ReadonlyMap<string, SeccompProfile>): string {
  const leaves = [...withDefaults(entries)].map(([path, { op, value }]) => {
    const key = op === 'append' ? `${path}+` : path;
    return [key, profiles.get(profileAt(path, value))?.sha256 ?? baseLeaf(path, value)] as const;
  });
  // Code unit order: the same on every machine, which a locale's order is not.
  leaves.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ version: 1, policy: Object.fromEntries(leaves) });
}

/** What a path names as its profile; empty, which no profile is called, for every other path. */
function profileAt(path: string, value: Leaf): string {
  return isProfilePath(path) ? String(value) : '';
}
