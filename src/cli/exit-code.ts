/** The exit codes of the command line as data (contract: Command line). */
import { constants } from 'node:os';
import type { LimitName, Outcome, Stage, WarderError } from '#index.ts';

export const EXIT = {
  ok: 0,
  usage: 64,
  unavailable: 69,
  software: 70,
  compileFailed: 100,
  canceled: 118,
  denied: 119,
  cannotExecute: 126,
  notFound: 127,
  /** What a shell shows for a program that SIGPIPE ended. */
  brokenPipe: 141,
} as const;

const LIMIT_EXIT: Readonly<Record<LimitName, number>> = {
  stdout: 121,
  stderr: 121,
  memory: 122,
  cpuTime: 123,
  wall: 124,
};

/** Who has to act: the user (64), the host's operator (69), or we (70). */
const STAGE_EXIT: Readonly<Record<Stage, number>> = {
  request: EXIT.usage,
  policy: EXIT.usage,
  seccomp: EXIT.usage,
  plan: EXIT.usage,
  host: EXIT.unavailable,
  cgroup: EXIT.software,
  engine: EXIT.software,
  launch: EXIT.software,
  supervise: EXIT.software,
  internal: EXIT.software,
};

/** The first real-time signal that programs see with glibc (signal(7)). */
const SIGRTMIN = 34;

/** `step` is the one that failed when the program was not started, of the result's evidence. */
export function exitCodeOf(outcome: Outcome, phase: 'compile' | 'run', step: string | undefined): number {
  if (phase === 'compile') return EXIT.compileFailed;
  switch (outcome.kind) {
    case 'exited':
      return outcome.exitCode;
    case 'signaled':
      return exitCodeOfSignal(outcome.signal);
    case 'limit':
      return LIMIT_EXIT[outcome.limit];
    case 'denied':
      return EXIT.denied;
    case 'notStarted':
      return isMissingCommand(outcome.errno, step) ? EXIT.notFound : EXIT.cannotExecute;
    case 'canceled':
      return EXIT.canceled;
  }
}

/** A missing working directory has the same errno, but is not a missing command. */
export function isMissingCommand(errno: string, step: string | undefined): boolean {
  return errno === 'ENOENT' && step !== 'chdir';
}

/** 128+n, as shells do it. */
export function exitCodeOfSignal(signal: string): number {
  const numbers: Readonly<Record<string, number>> = constants.signals;
  const realTime = /^SIGRTMIN\+(\d+)$/.exec(signal)?.[1];
  const unnamed = /^SIG(\d+)$/.exec(signal)?.[1];
  const number = realTime === undefined ? (numbers[signal] ?? Number(unnamed)) : SIGRTMIN + Number(realTime);
  return 128 + (Number.isNaN(number) ? 0 : number);
}

export function exitCodeOfError({ stage }: WarderError): number {
  return STAGE_EXIT[stage];
}
