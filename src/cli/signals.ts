import { constants } from 'node:os';
import { OWN_SCOPE_VARIABLE } from '#internal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type CancelSignal = (typeof SIGNALS)[number];

/** One request may come twice: timeout(1) signals its child and then the whole process group. Nobody presses a key twice as fast. */
const ECHO_MS = 200;
/**
 * In a scope of its own this process hears of what goes to the whole group, a terminal's signals for one, and once more from
 * the process that it stands in for, which on a busy machine gets to it seconds later. So one later signal is no second request.
 */
const FORWARDED_MS = 5000;

export interface SignalWatch {
  /** The first signal that came, undefined without one. */
  readonly received: () => CancelSignal | undefined;
  /** From here on the signals do again what they do by default. */
  readonly stop: () => void;
}

/** The first signal cancels the run; a second one ends this process at once (the sandbox goes with its channel). */
export function watchSignals(onCancel: (signal: CancelSignal) => void): SignalWatch {
  let first: CancelSignal | undefined;
  let firstMs = 0;
  let forwarded = process.env[OWN_SCOPE_VARIABLE] ? 1 : 0;
  const isEcho = (): boolean => {
    const sinceMs = performance.now() - firstMs;
    return sinceMs < ECHO_MS || (sinceMs < FORWARDED_MS && forwarded-- > 0);
  };
  const handler = (signal: NodeJS.Signals): void => {
    if (first !== undefined) {
      if (isEcho()) return;
      stop();
      raise(signal);
      return;
    }
    first = SIGNALS.find((name) => name === signal);
    firstMs = performance.now();
    if (first) onCancel(first);
  };
  const stop = (): void => {
    for (const name of SIGNALS) process.off(name, handler);
  };
  for (const name of SIGNALS) process.on(name, handler);
  return { received: () => first, stop };
}

/** Ends this process by the signal, so that a shell sees what happened (130, 143) and stops its script. */
export function raise(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal);
  // Process 1 of a container has no default actions (pid_namespaces(7)): then at least the code is right.
  setTimeout(() => process.exit(128 + constants.signals[signal]), 100);
}
