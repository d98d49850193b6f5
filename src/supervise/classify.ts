import { constants } from 'node:os';
import type { LimitName, Outcome } from '#result/outcome.ts';
import type { Evidence, FirstCause } from '#result/run-result.ts';
import { signalName } from '#util/errno.ts';

const SIGKILL = constants.signals.SIGKILL;

/** Limits that classification checks a claim against. */
export interface ClassifyLimits {
  readonly wallMs: number | null;
  readonly cpuTimeMs: number | null;
}

/** A seccomp record in words; the caller has the tables. */
export interface DeniedCall {
  readonly syscall: string;
  readonly abi: string;
}

/**
 * Evidence → Outcome. Pure, and the only place where a verdict is made. `undefined` means that the evidence does not
 * say what became of the program: that is a failure of the engine, not an outcome.
 *
 * In order: what was decided before anything was killed; what the kernel counted in the leaf; what init reported.
 */
export function classify(
  evidence: Evidence,
  limits: ClassifyLimits,
  elapsedMs: number | null,
  denied: DeniedCall | null,
): Outcome | undefined {
  const cause = evidence.firstCause;
  if (cause === 'canceled') return { kind: 'canceled' };
  if (cause === 'denied' && denied) return { kind: 'denied', by: 'seccomp', ...denied };
  if (isLimit(cause) && !endedBeforeDeadline(evidence, limits, elapsedMs))
    return { kind: 'limit', limit: cause };
  if ((evidence.memoryEvents?.oomKill ?? 0) > 0) return { kind: 'limit', limit: 'memory' };
  if (cpuTimeExceeded(evidence, limits)) return { kind: 'limit', limit: 'cpuTime' };
  if (evidence.execFailed) return { kind: 'notStarted', errno: evidence.execFailed.errno };
  return evidence.waitStatus === null ? undefined : fromWaitStatus(evidence.waitStatus);
}

function isLimit(cause: FirstCause | null): cause is LimitName {
  return cause !== null && cause !== 'canceled' && cause !== 'denied';
}

/** The deadline fired while the report of a program that had ended by itself, in time, was under way. */
function endedBeforeDeadline(
  { firstCause, waitStatus }: Evidence,
  { wallMs }: ClassifyLimits,
  elapsedMs: number | null,
): boolean {
  if (firstCause !== 'wall' || waitStatus === null || wallMs === null || elapsedMs === null) return false;
  return termSignal(waitStatus) !== SIGKILL && elapsedMs < wallMs;
}

/** Accounted for the whole tree, so that a burst between two looks is not missed. */
function cpuTimeExceeded({ cpuTotalUs }: Evidence, { cpuTimeMs }: ClassifyLimits): boolean {
  return cpuTimeMs !== null && cpuTotalUs !== null && cpuTotalUs > cpuTimeMs * 1000;
}

/** wait(2): low seven bits the signal, 0x80 the core flag, second byte the exit code. */
function termSignal(status: number): number {
  return status & 0x7f;
}

function fromWaitStatus(status: number): Outcome {
  const signal = termSignal(status);
  if (signal === 0) return { kind: 'exited', exitCode: (status >> 8) & 0xff };
  return { kind: 'signaled', signal: signalName(signal), coreDumped: (status & 0x80) !== 0 };
}
