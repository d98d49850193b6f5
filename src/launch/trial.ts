import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '#error/warder-error.ts';
import { settlesWithin } from '#util/deadline.ts';
import { spawnProcess } from './spawn.ts';
import type { HostIds } from './types.ts';

export interface TrialOptions {
  /** The ids that the process is to have; null keeps ours. */
  readonly ids: HostIds | null;
  /** Descriptors that the process finds from 3 on. */
  readonly fds?: readonly number[];
  readonly timeoutMs: number;
  /** The whole environment; default: none. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is kept of each stream; default 64 KiB. */
  readonly maxOutputBytes?: number;
}

/** How a process ended that was started to see what it does. */
export interface Trial {
  readonly exitCode: number | null;
  /** null as well when it was we who ended it, see `timedOut`. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** errno when the file could not be started at all. */
  readonly spawnError: string | null;
  /** Whether something that it started still held its output a while after it was gone. */
  readonly leftBehind: boolean;
}

const MAX_OUTPUT_BYTES = 64 * 1024;
/** Between the end of a process and the end of what it started. */
const CLEANUP_MS = 1000;

/**
 * Starts a tool, with an empty environment unless one is given, in a process group of its own. After `timeoutMs` it is killed by itself first,
 * which shows whether it takes its children along, and then its group: a launcher may print an error and hang.
 * @throws WarderError HOST_RESOURCE_EXHAUSTED
 */
export async function tryProcess(
  path: string,
  args: readonly string[],
  { ids, fds = [], timeoutMs, env = {}, maxOutputBytes = MAX_OUTPUT_BYTES }: TrialOptions,
): Promise<Trial> {
  const { subprocess } = await spawnProcess(path, args, {
    // execa's types know inherited descriptors only as literals.
    stdio: ['ignore', 'pipe', 'pipe', ...fds.map((fd) => fd as 4)],
    env,
    extendEnv: false,
    cwd: '/',
    detached: true,
    cleanup: false,
    reject: false,
    maxBuffer: maxOutputBytes,
    ...(ids === null ? {} : ids),
  });
  const { pid } = subprocess;
  const ended = pid === undefined ? Promise.resolve() : exitOf(subprocess as unknown as ChildProcess);
  const timedOut = !(await settlesWithin(ended, timeoutMs));
  if (timedOut) subprocess.kill('SIGKILL');
  const leftBehind = !(await settlesWithin(subprocess, CLEANUP_MS));
  if (leftBehind) {
    killGroup(pid);
    await Promise.race([subprocess, sleep(CLEANUP_MS)]);
    subprocess.stdout?.destroy();
    subprocess.stderr?.destroy();
  }
  const result = await subprocess;
  const started = pid !== undefined;
  return {
    exitCode: result.exitCode ?? null,
    signal: timedOut ? null : (result.signal ?? null),
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? ''),
    timedOut,
    spawnError: started ? null : errnoOf(result.cause),
    leftBehind,
  };
}

/** Its own end, which comes before that of its output when others hold that. */
async function exitOf(subprocess: ChildProcess): Promise<void> {
  if (subprocess.exitCode !== null || subprocess.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    subprocess.once('exit', () => resolve());
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: nobody is left in it. What is left has a session of its own then, and a deadline of its own.
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}
