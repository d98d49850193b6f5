import { lstat, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostRootfsFacts } from './types.ts';

/** Directories of commands that a program on the host's own /usr may use: its PATH. */
export const HOST_COMMAND_DIRECTORIES = ['/usr/local/bin', '/usr/bin'] as const;

const TOP_LEVEL = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** Loader cache and the links of update-alternatives: without them half of the commands do not start. */
const ETC = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/ssl/certs', '/etc/ssl/openssl.cnf'];

/** @param commandNames the interpreters whose place is wanted */
export async function probeHostRootfs(commandNames: readonly string[]): Promise<HostRootfsFacts> {
  const [topLevel, etc, commands] = await Promise.all([
    Promise.all(TOP_LEVEL.map(describeTopLevel)),
    Promise.all(ETC.map(async (path) => ((await isThere(path)) ? [path] : []))),
    Promise.all(commandNames.map(async (name) => [name, await findCommand(name)] as const)),
  ]);
  const found = commands.flatMap(([name, path]) => (path === undefined ? [] : [[name, path] as const]));
  return { topLevel: topLevel.flat(), etc: etc.flat(), commands: Object.fromEntries(found) };
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function describeTopLevel(path: string): Promise<HostRootfsFacts['topLevel']> {
  try {
    const stat = await lstat(path);
    if (stat.isSymbolicLink()) return [{ path, linkTo: await readlink(path) }];
    return stat.isDirectory() ? [{ path, linkTo: null }] : [];
  } catch {
    return [];
  }
}

/** A command that still leads to a file when only /usr and /etc/alternatives are visible. */
async function findCommand(name: string): Promise<string | undefined> {
  for (const directory of HOST_COMMAND_DIRECTORIES) {
    const path = join(directory, name);
    const target = await realpath(path).catch(() => '');
    if (target.startsWith('/usr/')) return path;
  }
  return undefined;
}
