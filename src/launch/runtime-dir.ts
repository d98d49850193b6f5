import { constants, type Stats } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { errnoOf, WarderError } from '#error/warder-error.ts';

export interface RuntimeDirInput {
  /** Effective uid of this process. */
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where locks and owner records lie. A relative XDG_RUNTIME_DIR is ignored, as the XDG specification asks. */
export function resolveRuntimeDir(input: RuntimeDirInput): string {
  if (input.uid === 0) return '/run/warder';
  const base = input.env['XDG_RUNTIME_DIR'];
  return base && isAbsolute(base) ? join(base, 'warder') : `/tmp/warder-${input.uid}`;
}

/**
 * Makes `path` (mode 0700) unless it exists, and verifies that it is a directory, ours, and closed to others:
 * in /tmp somebody else may have made it first. Rejects with HOST_RUNTIME_DIR.
 */
export async function ensureRuntimeDir(path: string, uid: number): Promise<string> {
  try {
    await makePrivateDirectory(path);
    // Looking at the opened directory rather than at the path leaves no gap between check and use of the link.
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      verify(path, await handle.stat(), uid);
    } finally {
      await handle.close();
    }
    return path;
  } catch (error) {
    if (error instanceof WarderError) throw error;
    throw unusable(path, explain(errnoOf(error)), `make ${dirname(path)} writable for uid ${uid}`, error);
  }
}

/**
 * mkdir(2) with mode 0700; an existing one is fine. Not `recursive`, which in Node 20 tries for ever where the parent
 * exists but refuses with ENOENT, as /proc does.
 */
export async function makePrivateDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

function verify(path: string, stats: Stats, uid: number): void {
  if (stats.uid !== uid) {
    throw unusable(
      path,
      `it belongs to uid ${stats.uid}, not ${uid}`,
      `remove ${path} as its owner or as root`,
    );
  }
  if ((stats.mode & 0o077) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    throw unusable(path, `its mode is ${mode}, not 0700`, `chmod 0700 ${path}`);
  }
}

/** With O_DIRECTORY and O_NOFOLLOW, a link is ENOTDIR or ELOOP depending on the kernel. */
function explain(errno: string): string {
  return errno === 'ENOTDIR' || errno === 'ELOOP' ? `it is not a directory (${errno})` : errno;
}

function unusable(path: string, why: string, hint: string, cause?: unknown): WarderError<'HOST_RUNTIME_DIR'> {
  const message = `the runtime directory ${path} is unusable: ${why}`;
  return new WarderError('HOST_RUNTIME_DIR', message, { details: { path, why }, hint, cause });
}
