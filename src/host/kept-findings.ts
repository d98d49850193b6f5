/** What was found out about this host and need not be found out again: one JSON file, ours alone. */
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Far more than every language's findings take. */
const MAX_BYTES = 256 * 1024;

/** undefined for a file that is missing, not ours, open to others, or no JSON: then it is found out anew. */
export async function readFindings(path: string, uid: number): Promise<unknown> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      const ours = stat.isFile() && stat.uid === uid && (stat.mode & 0o022) === 0 && stat.size <= MAX_BYTES;
      return ours ? JSON.parse(await file.readFile('utf8')) : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** Whole or not at all. That it cannot be kept is no failure: the next one finds out again. */
export async function writeFindings(path: string, uid: number, findings: unknown): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    const directory = dirname(path);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const stat = await lstat(directory);
    if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o022) !== 0) return;
    await writeFile(draft, `${JSON.stringify(findings)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  } catch {
    await unlink(draft).catch(() => {});
  }
}
