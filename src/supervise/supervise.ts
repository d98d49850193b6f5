import type { Control } from '#result/control.ts';
import type { Outcome } from '#result/outcome.ts';
import type { Evidence, StreamResult, Timings, Usage } from '#result/run-result.ts';
import { toStreamResult } from '#result/stream-result.ts';
import { classify, type DeniedCall } from './classify.ts';
import { runSession, type SessionInput, type SessionReport } from './session.ts';
import { type Baseline, prepare, type SetupInput, setUp, tearDown } from './setup.ts';
import { unexplained } from './unexplained.ts';
import { computeUsage, limitsHit, programCpuUs, type UsageReadings } from './usage.ts';

export interface SuperviseInput
  extends SetupInput,
    Omit<SessionInput, 'ready' | 'baseline' | 'startTimeoutMs'> {
  /** Names a call for the result: number and AUDIT_ARCH value. */
  readonly nameCall: (nr: number, auditArch: number) => DeniedCall;
}

export interface SupervisedRun {
  readonly outcome: Outcome;
  readonly stdout: StreamResult;
  readonly stderr: StreamResult;
  readonly usage: Usage;
  readonly limitsHit: readonly Control[];
  readonly timings: Omit<Timings, 'queuedMs'>;
  readonly evidence: Evidence;
}

/** One run from an empty jail to a verdict. Whatever happens, nothing of it is left behind. */
export async function superviseRun(input: SuperviseInput): Promise<SupervisedRun> {
  const begin = performance.now();
  const ready = await setUp(input);
  try {
    const baseline = await prepare(ready, input.program.spec);
    const { setupTimeoutMs: startTimeoutMs } = input;
    const report = await runSession({ ...input, ready, baseline, startTimeoutMs });
    return conclude(input, { report, baseline, begin });
  } finally {
    await tearDown(input, ready);
  }
}

interface Findings {
  readonly report: SessionReport;
  readonly baseline: Baseline;
  readonly begin: number;
}

function conclude(input: SuperviseInput, { report, baseline, begin }: Findings): SupervisedRun {
  const { supervision } = input.program;
  const readings: UsageReadings = {
    driver: input.driver?.version ?? null,
    baseline: baseline.usage,
    final: report.final.usage,
    peakReset: baseline.peakReset,
    exit: report.exit,
    totals: report.totals,
    sampledMemoryBytes: report.sampledMemoryBytes,
  };
  const evidence = toEvidence(report, programCpuUs(readings));
  const denied = evidence.denied && input.nameCall(evidence.denied.nr, evidence.denied.auditArch);
  const outcome = classify(evidence, supervision, report.exit?.elapsedMs ?? null, denied);
  if (!outcome) throw unexplained(input.plan.engine.name, report.launcher);
  const cut = { stdout: report.stdout.truncated(), stderr: report.stderr.truncated() };
  return {
    outcome,
    stdout: toStreamResult(report.stdout.kept(), cut.stdout),
    stderr: toStreamResult(report.stderr.kept(), cut.stderr),
    usage: computeUsage(readings),
    limitsHit: limitsHit(outcome, evidence, cut, supervision.cpuTimeMs),
    timings: { setupMs: Math.max(0, report.startedAt - begin), runMs: report.exit?.elapsedMs ?? 0 },
    evidence,
  };
}

function toEvidence(report: SessionReport, cpuTotalUs: number | null): Evidence {
  const { events } = report.final;
  return {
    firstCause: report.firstCause,
    deadlineBy: report.deadlineBy,
    waitStatus: report.exit?.waitStatus ?? null,
    execFailed: report.execFailed,
    denied: report.denied,
    memoryEvents: events && { oomKill: events.oomKill, oomGroupKill: events.oomGroupKill },
    pidsEvents: events && { max: events.pidsMax },
    cpuThrottled: events?.cpuThrottled ?? null,
    cpuTotalUs,
    orphans: report.totals?.orphans ?? null,
    launcher: report.launcher,
  };
}
