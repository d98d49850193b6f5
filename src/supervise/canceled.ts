import { NOTHING_EXPORTED } from '#result/artifact.ts';
import { toStreamResult } from '#result/stream-result.ts';
import type { SupervisedRun } from './supervised-run.ts';

/** A run that was cancelled while it waited for a place: nothing was started, so nothing was measured. */
export function canceledBeforeStart(): SupervisedRun {
  const nothing = toStreamResult(Buffer.alloc(0), false);
  return {
    outcome: { kind: 'canceled' },
    stdout: nothing,
    stderr: nothing,
    usage: {
      wallMs: null,
      cpuUserMs: null,
      cpuSystemMs: null,
      memoryPeakBytes: null,
      pidsPeak: null,
      sources: {},
    },
    limitsHit: [],
    timings: { setupMs: 0, runMs: 0 },
    evidence: {
      firstCause: 'canceled',
      deadlineBy: null,
      waitStatus: null,
      execFailed: null,
      denied: null,
      memoryEvents: null,
      pidsEvents: null,
      cpuThrottled: null,
      cpuTotalUs: null,
      group: null,
      orphans: null,
      launcher: { exitCode: null, signal: null },
    },
    exported: NOTHING_EXPORTED,
  };
}
