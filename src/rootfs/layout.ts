import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { JAIL_DIRECTORIES } from './harden.ts';
import { SourceTree } from './source-tree.ts';
import type { TreeLayout } from './types.ts';

/** Written anew for every jail (plan/jail-mounts.ts), or telling of the host. */
const GENERATED_ETC = [
  'passwd',
  'group',
  'hosts',
  'nsswitch.conf',
  'resolv.conf',
  'hostname',
  'shadow',
  'gshadow',
];
export const DEFAULT_PATH = ['/usr/local/bin', '/usr/bin', '/bin'] as const;
/** Each takes a mount or an inode of the jail's own root, of which there are 256. */
const MAX_TOP_ENTRIES = 180;
const MAX_COMMANDS = 5000;

/**
 * How a tree goes into a jail, whose root is a file system of its own: each directory and file of the top is bound, each
 * link is made anew. Links are never bound, because a launcher follows the source of a bind on the host.
 */
export async function layoutOf(root: string, path: readonly string[] = DEFAULT_PATH): Promise<TreeLayout> {
  const top = (await names(root, '/')).filter(
    (name) => name !== 'etc' && !JAIL_DIRECTORIES.some((taken) => taken === `/${name}`),
  );
  const etc = (await names(root, '/etc')).filter((name) => !GENERATED_ETC.includes(name));
  const places = [...top.map((name) => `/${name}`), ...etc.map((name) => `/etc/${name}`)];
  if (places.length > MAX_TOP_ENTRIES) {
    throw new RangeError(`${places.length} entries in / and /etc, more than ${MAX_TOP_ENTRIES}`);
  }
  const binds: string[] = [];
  const symlinks: { target: string; to: string }[] = [];
  for (const place of places) {
    const stat = await lstat(join(root, place));
    if (stat.isSymbolicLink()) symlinks.push({ target: place, to: await readlink(join(root, place)) });
    else if (stat.isDirectory() || stat.isFile()) binds.push(place);
  }
  const directories = await directoriesOf(root, path);
  return { binds, symlinks, path: directories, commands: await commandsOf(root, directories) };
}

async function names(root: string, inside: string): Promise<string[]> {
  const stat = await lstat(join(root, inside)).catch(() => undefined);
  return stat?.isDirectory() ? (await readdir(join(root, inside))).sort() : [];
}

/** Those that exist and are not another one under a second name. */
async function directoriesOf(root: string, path: readonly string[]): Promise<string[]> {
  const tree = new SourceTree(root);
  const real = await Promise.all(path.map((directory) => tree.resolve(directory)));
  return path.filter((_, index) => real[index] !== undefined && real.indexOf(real[index]) === index);
}

async function commandsOf(root: string, directories: readonly string[]): Promise<Record<string, string>> {
  const tree = new SourceTree(root);
  const found = new Map<string, string>();
  for (const directory of directories) {
    for (const name of await tree.names((await tree.resolve(directory)) ?? directory)) {
      const path = posix.join(directory, name);
      if (found.size >= MAX_COMMANDS || found.has(name)) continue;
      const real = await tree.resolve(path);
      const stat = real === undefined ? undefined : await tree.stat(real);
      if (stat?.isFile() && (stat.mode & 0o111) !== 0) found.set(name, path);
    }
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
