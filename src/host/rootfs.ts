import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostRootfsFacts } from './types.ts';

/** Directories of commands that a program on the host's own /usr may use: its PATH. */
export const HOST_COMMAND_DIRECTORIES = ['/usr/local/bin', '/usr/bin'] as const;

const TOP_LEVEL = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** Loader cache and the links of update-alternatives: without them half of the commands do not start. */
const ETC = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/ssl/certs', '/etc/ssl/openssl.cnf'];

/** Debian keeps the settings of a JVM there and links to them; without them not even `java -version` works everywhere. */
const JAVA_SETTINGS = /^java-[0-9]+-openjdk$/;

/** @param commandNames the interpreters whose place is wanted */
export async function probeHostRootfs(commandNames: readonly string[]): Promise<HostRootfsFacts> {
  const [topLevel, etc, commands] = await Promise.all([
    Promise.all(TOP_LEVEL.map(describeTopLevel)),
    listEtc(),
    Promise.all(commandNames.map(async (name) => [name, await findCommand(name)] as const)),
  ]);
  const found = commands.flatMap(([name, path]) => (path === undefined ? [] : [[name, path] as const]));
  return { topLevel: topLevel.flat(), etc, commands: Object.fromEntries(found) };
}

async function listEtc(): Promise<readonly string[]> {
  const java = (await readdir('/etc').catch(() => [])).filter((name) => JAVA_SETTINGS.test(name)).sort();
  const wanted = [...ETC, ...java.map((name) => `/etc/${name}`)];
  const there = await Promise.all(wanted.map(isThere));
  return wanted.filter((_, index) => there[index]);
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
