import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { forEach } from './stage.ts';
import type { TreeEntry } from './types.ts';

export interface Inspection {
  /** Sorted by path. */
  readonly entries: readonly TreeEntry[];
  /** What no tree may have; empty for a good one. */
  readonly problems: readonly string[];
  readonly bytes: number;
}

const CONCURRENCY = 8;
const CHUNK_BYTES = 256 * 1024;

/** Reads every byte of a tree. @param owners uids that its files may belong to */
export async function inspectTree(root: string, owners: readonly number[]): Promise<Inspection> {
  const found: { path: string; stat: Stats }[] = [];
  await walk(root, '', found);
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  const entries = new Map<string, TreeEntry>();
  const problems = new Map<string, string[]>();
  await forEach(found, CONCURRENCY, async ({ path, stat }) => {
    const wrong = modeProblems(stat, owners);
    if (wrong.length > 0)
      problems.set(
        path,
        wrong.map((what) => `${path} ${what}`),
      );
    const entry = await toEntry(root, path, stat);
    if (entry) entries.set(path, entry);
  });
  const paths = found.map(({ path }) => path);
  return {
    entries: paths.flatMap((path) => entries.get(path) ?? []),
    problems: paths.flatMap((path) => problems.get(path) ?? []),
    bytes: found.reduce((sum, { stat }) => sum + (stat.isFile() ? stat.size : 0), 0),
  };
}

async function walk(root: string, inside: string, found: { path: string; stat: Stats }[]): Promise<void> {
  const path = inside === '' ? '/' : inside;
  const stat = await lstat(join(root, path));
  found.push({ path, stat });
  if (!stat.isDirectory()) return;
  for (const name of await readdir(join(root, path))) await walk(root, `${inside}/${name}`, found);
}

/** In words that complete "PATH …". */
export function modeProblems(stat: Stats, owners: readonly number[]): string[] {
  const problems: string[] = [];
  const isLink = stat.isSymbolicLink();
  if (!isLink && !stat.isDirectory() && !stat.isFile()) problems.push('is a device, a socket or a FIFO');
  if (!owners.includes(stat.uid)) problems.push(`belongs to uid ${stat.uid}`);
  if (isLink) return problems; // the mode of a link means nothing (symlink(7))
  if ((stat.mode & 0o7000) !== 0) problems.push('is setuid, setgid or sticky');
  if ((stat.mode & 0o222) !== 0) problems.push('is writable');
  const needed = stat.isDirectory() || (stat.mode & 0o111) !== 0 ? 0o555 : 0o444;
  if ((stat.mode & needed) !== needed) problems.push('is not readable for everybody');
  return problems;
}

async function toEntry(root: string, path: string, stat: Stats): Promise<TreeEntry | undefined> {
  const mode = stat.mode & 0o7777;
  if (stat.isSymbolicLink()) return { path, type: 'link', to: await readlink(join(root, path)) };
  if (stat.isDirectory()) return { path, type: 'directory', mode };
  if (!stat.isFile()) return undefined;
  return { path, type: 'file', mode, size: stat.size, sha256: await hashFile(join(root, path)) };
}

/** Of a regular file, in hexadecimal SHA-256. @throws the error of open(2), ELOOP for a link */
export async function hashFile(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
