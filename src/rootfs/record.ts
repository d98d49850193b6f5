import { createHash } from 'node:crypto';
import type { TreeEntry, TreeRecord } from './types.ts';

/** Every entry on a line of its own, so that two manifests can be compared with diff(1). */
export function encodeManifest(entries: readonly TreeEntry[]): string {
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`;
}

/** Entries as encodeManifest wrote them; the caller has compared the digest. */
export function decodeManifest(text: string): readonly TreeEntry[] {
  return JSON.parse(text) as readonly TreeEntry[];
}

export function encodeRecord(record: TreeRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

export function decodeRecord(text: string): TreeRecord {
  return JSON.parse(text) as TreeRecord;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** What is not as the manifest says, in words: one line per entry. */
export function compareEntries(expected: readonly TreeEntry[], found: readonly TreeEntry[]): string[] {
  const there = new Map(found.map((entry) => [entry.path, entry]));
  const known = new Set(expected.map(({ path }) => path));
  const changed = expected.flatMap((entry) => {
    const now = there.get(entry.path);
    if (now === undefined) return [`${entry.path} is missing`];
    return JSON.stringify(now) === JSON.stringify(entry) ? [] : [`${entry.path} ${difference(entry, now)}`];
  });
  const added = found.filter(({ path }) => !known.has(path)).map(({ path }) => `${path} was added`);
  return [...changed, ...added];
}

function difference(before: TreeEntry, now: TreeEntry): string {
  if (before.type !== now.type) return `was a ${before.type} and is a ${now.type}`;
  if ('mode' in before && 'mode' in now && before.mode !== now.mode) return 'has another mode';
  return before.type === 'link' ? 'leads elsewhere' : 'has other content';
}
