import type { Evidence } from '#result/run-result.ts';

/** A program that exited with 0 and reached nothing; `changes` are what a test is about. */
export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    firstCause: null,
    deadlineBy: null,
    waitStatus: 0,
    execFailed: null,
    denied: null,
    memoryEvents: { oomKill: 0, oomGroupKill: null },
    pidsEvents: { max: 0 },
    cpuThrottled: 0,
    cpuTotalUs: 1000,
    group: null,
    orphans: 0,
    launcher: { exitCode: 0, signal: null },
    ...changes,
  };
}
