import type { Exported } from '#result/artifact.ts';
import type { Control } from '#result/control.ts';
import type { Outcome } from '#result/outcome.ts';
import type { Evidence, StreamResult, Timings, Usage } from '#result/run-result.ts';

/** What supervising a run gives; the rest of a RunResult was known before. */
export interface SupervisedRun {
  readonly outcome: Outcome;
  readonly stdout: StreamResult;
  readonly stderr: StreamResult;
  readonly usage: Usage;
  readonly limitsHit: readonly Control[];
  readonly timings: Omit<Timings, 'queuedMs'>;
  readonly evidence: Evidence;
  /** What `SupervisionPlan.artifacts` asked for. */
  readonly exported: Exported;
}
