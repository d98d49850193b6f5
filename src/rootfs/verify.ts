import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '#error/warder-error.ts';
import { inspectTree, modeProblems } from './inspect.ts';
import { compareEntries, decodeManifest, decodeRecord, sha256 } from './record.ts';
import type { Store } from './store.ts';
import type { TreeRecord } from './types.ts';

/** Commands whose file is looked at on every load; a tree has a handful of interpreters and may have hundreds of tools. */
const MAX_SPOT_CHECKS = 64;

export type Checked =
  | { readonly ok: true; readonly record: TreeRecord }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * The quick check, made whenever a tree is about to be used: the record is the one that the digest names, and what is to
 * be bound is there, ours and not writable. It does not read the files: that is `checkTree`.
 */
export async function checkRecord(store: Store, digest: string): Promise<Checked> {
  const read = await readRecord(store, digest);
  if (!read.ok) return read;
  const problems = await spotCheck(store, digest, read.record);
  return problems.length === 0 ? read : { ok: false, problems };
}

/** Its first half. */
export async function readRecord(store: Store, digest: string): Promise<Checked> {
  const path = join(store.treePath(digest), 'tree.json');
  const text = await readFile(path).catch((error: unknown) => errnoOf(error));
  if (typeof text === 'string') return { ok: false, problems: [`tree.json cannot be read: ${text}`] };
  if (sha256(text) !== digest) return { ok: false, problems: ['tree.json has other content'] };
  return { ok: true, record: decodeRecord(text.toString('utf8')) };
}

/** Its second half: what is wrong with what will be bound, and with the commands. */
export async function spotCheck(store: Store, digest: string, { layout }: TreeRecord): Promise<string[]> {
  const root = join(store.treePath(digest), 'root');
  const spots = ['', ...layout.binds, ...Object.values(layout.commands).slice(0, MAX_SPOT_CHECKS)];
  const problems = await Promise.all(
    spots.map(async (path) => {
      const stat = await lstat(join(root, path)).catch((error: unknown) => errnoOf(error));
      if (typeof stat === 'string') return [`${path} cannot be reached: ${stat}`];
      return modeProblems(stat, store.owners).map((problem) => `${path || '/'} ${problem}`);
    }),
  );
  return problems.flat();
}

/** The full check: every entry, every byte. Seconds for a large tree. */
export async function checkTree(store: Store, digest: string): Promise<Checked> {
  const quick = await checkRecord(store, digest);
  if (!quick.ok) return quick;
  const directory = store.treePath(digest);
  const manifest = await readFile(join(directory, 'manifest.json')).catch((error: unknown) => errnoOf(error));
  if (typeof manifest === 'string')
    return { ok: false, problems: [`manifest.json cannot be read: ${manifest}`] };
  if (sha256(manifest) !== quick.record.manifestSha256) {
    return { ok: false, problems: ['manifest.json has other content'] };
  }
  const found = await inspectTree(join(directory, 'root'), store.owners);
  const problems = [
    ...compareEntries(decodeManifest(manifest.toString('utf8')), found.entries),
    ...found.problems,
  ];
  return problems.length === 0 ? quick : { ok: false, problems };
}
