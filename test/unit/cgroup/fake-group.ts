import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export type GroupFiles = Readonly<Record<string, string>>;

/** A directory of its own for one test, removed at its end. */
export async function tempDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'warder-test-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A plain directory with the files that a kernel would put into a new group. */
export async function fakeGroup(files: GroupFiles): Promise<string> {
  const dir = await tempDirectory();
  await fill(dir, files);
  return dir;
}

/** Stands in for mkdir(2) on cgroupfs: the new directory has its files at once. */
export function fakeMake(files: GroupFiles): (parent: string, name: string) => Promise<string> {
  return async (parent, name) => {
    const dir = join(parent, name);
    await mkdir(dir);
    await fill(dir, files);
    return dir;
  };
}

export async function fill(dir: string, files: GroupFiles): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
}

export function contentOf(dir: string, file: string): Promise<string> {
  return readFile(join(dir, file), 'utf8');
}

/** Names of the files in `dir` that this process holds open, sorted; the only proof that nothing was left open. */
export async function heldOpen(dir: string): Promise<readonly string[]> {
  const fds = await readdir('/proc/self/fd');
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.flatMap((path) => (path.startsWith(`${dir}/`) ? [path.slice(dir.length + 1)] : [])).sort();
}
