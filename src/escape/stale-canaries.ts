/**
 * Canaries of suites that were killed. Each living suite listens on a socket in its directory, so that a connection tells
 * whether there is one, from every process namespace alike, where a pid would not.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '#internal.ts';

export const CANARY_PREFIX = 'warder-canary-';
/** Name of that socket; not the one that attacks connect to. */
export const OWNER_SOCKET = 'owner';

const NAME = new RegExp(`^${CANARY_PREFIX}[A-Za-z0-9]{6}$`);
/** Between making its directory and listening, a suite needs milliseconds. */
const SETTLED_MS = 600_000;
const AGAIN_MS = 100;

/** Removes those of this user whose suite is gone. @returns how many */
export async function sweepCanaries(parent: string = tmpdir()): Promise<number> {
  const names = (await readdir(parent).catch(() => [])).filter((name) => NAME.test(name));
  const removed = await Promise.all(names.map((name) => removeIfStale(join(parent, name))));
  return removed.filter(Boolean).length;
}

/** Nobody but us can write into such a directory, so that what is removed below it is what we made. */
async function removeIfStale(directory: string): Promise<boolean> {
  const found = await lstat(directory).catch(() => null);
  if (!found?.isDirectory() || found.uid !== process.geteuid?.() || (found.mode & 0o022) !== 0) return false;
  if (!(await isOrphan(join(directory, OWNER_SOCKET), found.mtimeMs))) return false;
  await rm(directory, { recursive: true, force: true });
  return true;
}

async function isOrphan(socket: string, madeMs: number): Promise<boolean> {
  const answer = await ask(socket);
  if (answer === 'ENOENT') return Date.now() - madeMs > SETTLED_MS;
  if (answer !== 'ECONNREFUSED') return false;
  // Another suite may be between bind(2) and listen(2).
  await sleep(AGAIN_MS);
  return (await ask(socket)) === 'ECONNREFUSED';
}

/** `connected`, or the errno. */
function ask(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.once('error', (error) => resolve(errnoOf(error)));
  });
}
