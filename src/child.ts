/** A program that is talked to while it runs: what `spawn` gives. */
import { constants } from 'node:os';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { WarderError } from '#error/warder-error.ts';
import type { RunRequest } from '#plan/request-schema.ts';
import type { LiveUsage } from '#result/live-usage.ts';
import type { RunResult } from '#result/run-result.ts';
import type { LiveProgram } from '#supervise/live-program.ts';
import { followSignal } from './follow-signal.ts';
import type { RunExtras } from './run.ts';

/** Bytes of each output stream that wait for a reader before the program has to; the pipe holds as many again. */
const STREAM_BYTES = 64 * 1024;
/** The kernel's number of the last signal (signal(7)). */
const SIGNAL_MAX = 64;

export interface Child {
  /** What the program reads; `end()` is its end of file. What is written after it has ended is thrown away. */
  readonly stdin: Writable;
  /** Read no faster than you do: a program whose output nobody reads waits. Destroyed, the rest is thrown away. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * Resolves whatever the program did, when nothing of it is left; the streams end before. Rejects with a WarderError as
   * `run` does. `data` of stdout and stderr is empty, since it went to the streams; `bytes` says how much.
   */
  readonly result: Promise<RunResult>;
  /** What it has used so far; null when it has ended, or when nobody counts. */
  usage(): Promise<LiveUsage | null>;
  /**
   * Sends a signal (default SIGTERM) to the main process; false when that has ended. What comes of it is the program's
   * own: to end it for certain, cancel.
   * @throws WarderError REQUEST_INVALID for an unknown signal
   */
  kill(signal?: NodeJS.Signals | number): boolean;
  /** Ends everything; the outcome is `canceled`. */
  cancel(): void;
}

/** A RunRequest with ways to look and to cancel; its stdin is the child's. */
export type SpawnOptions = Omit<RunRequest, 'stdin'> & {
  /** Aborting is the same as `cancel()`. */
  readonly signal?: AbortSignal;
  /** Called once a second with what the program has used so far. What it throws is ignored. */
  readonly onUsage?: (usage: LiveUsage) => void;
};

type Execute = (request: unknown, extras: Partial<RunExtras>) => Promise<RunResult>;

/** Resolves when the program has started, or when it is certain that it will not and why. @throws WarderError as `run` */
export async function spawnChild(execute: Execute, options: SpawnOptions): Promise<Child> {
  // A caller without types may send anything; the schema says what is wrong with it.
  const { signal, onUsage, ...request } = options ?? {};
  if ('stdin' in request) throw stdinIsAStream();
  const { controller, letGo } = followSignal(signal);
  const [stdin, stdout, stderr] = [openStream(), openStream(), openStream()];
  let program: LiveProgram | undefined;
  let tellStarted = (): void => {};
  const started = new Promise<void>((resolve) => {
    tellStarted = resolve;
  });
  const result = execute(request, {
    signal: controller.signal,
    stdin,
    sinks: { stdout, stderr },
    keep: false,
    onStarted: (live) => {
      program = live;
      tellStarted();
    },
    ...(onUsage ? { onUsage } : {}),
  }).finally(() => {
    letGo();
    stdin.destroy();
    stdout.end();
    stderr.end();
  });
  await Promise.race([started, result]);
  // Who only reads the streams has not asked for it.
  result.catch(() => {});
  return {
    ...{ stdin, stdout, stderr, result },
    usage: async () => program?.usage() ?? null,
    kill: (name = 'SIGTERM') => program?.signal(signalNumber(name)) ?? false,
    cancel: () => controller.abort(),
  };
}

/** Node ends the process for an error that nobody listens for; those that matter are in the result. */
function openStream(): PassThrough {
  return new PassThrough({ highWaterMark: STREAM_BYTES }).on('error', () => {});
}

function signalNumber(signal: NodeJS.Signals | number): number {
  const number = typeof signal === 'number' ? signal : constants.signals[signal];
  if (Number.isInteger(number) && number >= 1 && number <= SIGNAL_MAX) return number;
  throw new WarderError('REQUEST_INVALID', `there is no signal ${String(signal)}`, {
    details: { issues: [{ path: 'signal', message: 'expected a name such as SIGTERM or its number' }] },
  });
}

function stdinIsAStream(): WarderError<'REQUEST_INVALID'> {
  return new WarderError('REQUEST_INVALID', 'spawn takes no stdin', {
    details: { issues: [{ path: 'stdin', message: 'is written to the stdin of the child' }] },
    hint: 'child.stdin.end(data)',
  });
}
