/**
 * The last touch before a tree is looked at: one mode for files, one for programs, one for directories, none of them
 * writable, and one time for all. What a tree is then does not depend on who built it, or when.
 */
import { chmod, lstat, lutimes, mkdir, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';

const MODE = { file: 0o444, program: 0o555, directory: 0o555 } as const;

/** Places where a jail puts file systems of its own; what a tree has there would never be seen. */
export const JAIL_DIRECTORIES = ['/proc', '/sys', '/dev', '/tmp', '/run', '/workspace'] as const;

/** Removes what no program may see, sets modes and times. Directories last, since afterwards nobody writes to them. */
export async function hardenTree(root: string, mtime: number): Promise<void> {
  for (const path of JAIL_DIRECTORIES) await rm(join(root, path), { recursive: true, force: true });
  await mkdir(join(root, 'usr'), { recursive: true });
  await setModes(root);
  await setTimes(root, mtime);
}

async function setModes(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const stat = await lstat(path);
    if (stat.isDirectory()) await setModes(path);
    else if (stat.isFile()) await chmod(path, (stat.mode & 0o111) === 0 ? MODE.file : MODE.program);
  }
  await chmod(directory, MODE.directory);
}

/** @param mtime seconds since 1970 */
export async function setTimes(directory: string, mtime: number): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await setTimes(path, mtime);
    else await lutimes(path, mtime, mtime);
  }
  await utimes(directory, mtime, mtime);
}

/** Removes a tree whose directories nobody may write to; links are not followed (rm(1) and fs.rm unlink them). */
export async function removeTree(path: string): Promise<void> {
  await makeWritable(path);
  // Where a build was killed as it started a step, bubblewrap asks for its own death too late (PR_SET_PDEATHSIG says nothing of a
  // parent that is dead already), and the step goes on for some seconds: ENOTEMPTY. Tried again for 20 s in all.
  await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function makeWritable(path: string): Promise<void> {
  const stat = await lstat(path).catch(() => undefined);
  if (!stat?.isDirectory()) return;
  await chmod(path, 0o755);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(path, entry.name));
  }
}
