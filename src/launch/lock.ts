/**
 * Locks that end with their holder. Node cannot call flock(2), so the native program takes the lock on descriptors
 * that it inherits. A flock belongs to the open file description, which the two processes share (flock(2), NOTES):
 * when the helper has exited, the lock stays with our handle until it is closed or this process dies of any cause.
 */
import type { FileHandle } from 'node:fs/promises';
import { WarderError } from '#error/warder-error.ts';
import { spawnProcess } from './spawn.ts';

/** flock with LOCK_NB never waits, so this is met only by a host that cannot start a process. */
const LOCK_TIMEOUT_MS = 5000;
const FIRST_FD = 3;

/**
 * Tries to lock every handle exclusively, all in one process. True where the lock is now ours, in the given order.
 * Rejects with HOST_NATIVE_MISSING, HOST_RESOURCE_EXHAUSTED, LAUNCH_SPAWN_FAILED or ENGINE_PROTOCOL.
 */
export async function tryLockAll(nativePath: string, handles: readonly FileHandle[]): Promise<boolean[]> {
  if (handles.length === 0) return [];
  const fds = handles.map((_, index) => String(FIRST_FD + index));
  const { subprocess } = await spawnProcess(nativePath, ['lock', ...fds], {
    stdio: ['ignore', 'pipe', 'ignore', ...handles.map(inherit)],
    extendEnv: false,
    env: {},
    reject: false,
    timeout: LOCK_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const result = await subprocess;
  if (result.failed) throw lockFailure(nativePath, result);
  return parseAnswer(String(result.stdout), handles.length);
}

/** execa passes any number on to spawn as the descriptor to inherit; its types name only 3 to 9. */
function inherit(handle: FileHandle): 3 {
  return handle.fd as 3;
}

function parseAnswer(text: string, count: number): boolean[] {
  const answer = text.trim();
  if (answer.length === count && /^[01]*$/.test(answer)) return [...answer].map((mark) => mark === '1');
  const why = `expected ${count} lock answers, got ${JSON.stringify(answer.slice(0, 80))}`;
  throw new WarderError('ENGINE_PROTOCOL', why, { details: { why } });
}

interface LockFailure {
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly timedOut: boolean;
}

function lockFailure(path: string, failure: LockFailure): WarderError {
  if (failure.code === 'ENOENT') {
    const message = `the native program ${path} does not exist`;
    return new WarderError('HOST_NATIVE_MISSING', message, {
      details: { path },
      hint: 'run scripts/build-native',
    });
  }
  const exit = failure.timedOut ? 'timed out' : `exit code ${failure.exitCode ?? 'none'}`;
  const errno = failure.code ?? exit;
  return new WarderError('LAUNCH_SPAWN_FAILED', `${path} lock failed: ${errno}`, {
    details: { path, errno },
  });
}
