import { createHash } from 'node:crypto';
import { withDefaults } from './defaults.ts';
import type { Entries } from './flatten.ts';
import { baseLeaf } from './limit-fields.ts';

/**
 * SHA-256 (hex) over the canonical JSON of a policy: every leaf by path, sorted, limits in base units, defaults filled
 * in; ceilings, compile and languages included. Name, description, file names and spelling (1GiB, 1024MiB) do not count.
 */
export function digestEntries(entries: Entries): string {
  return createHash('sha256').update(canonicalJson(entries)).digest('hex');
}

/** The text that the digest is made of; property order is fixed by the sort and by flatten.ts. */
export function canonicalJson(entries: Entries): string {
  const leaves = [...withDefaults(entries)].map(([path, { op, value }]) => {
    const key = op === 'append' ? `${path}+` : path;
    return [key, baseLeaf(path, value)] as const;
  });
  // Code unit order: the same on every machine, which a locale's order is not.
  leaves.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ version: 1, policy: Object.fromEntries(leaves) });
}
