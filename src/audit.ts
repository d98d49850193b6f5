import type { WarderErrorJson } from '#error/warder-error.ts';
import type { Logger } from '#log/logger.ts';
import type { RunResult } from '#result/run-result.ts';

/** One event per run that says what ran under what and how it ended. Never the program's own output. */
export function auditRun(logger: Logger, result: RunResult): void {
  logger.info(
    {
      event: 'run',
      id: result.id,
      policy: result.policy,
      engine: result.engine,
      rootfs: result.rootfs,
      controls: Object.fromEntries(result.controls.map(({ control, value }) => [control, value])),
      weakenings: result.weakenings.map(({ id }) => id),
      outcome: result.outcome,
      limitsHit: result.limitsHit,
      usage: result.usage,
      timings: result.timings,
      stdoutBytes: result.stdout.bytes,
      stderrBytes: result.stderr.bytes,
    },
    'run finished',
  );
}

/** A run that warder or the host failed. */
export function auditFailure(logger: Logger, id: string, error: WarderErrorJson): void {
  logger.error({ event: 'runFailed', id, error }, 'run failed');
}
