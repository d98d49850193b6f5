import { requireResources } from '#error/exhausted.ts';
import type { Evidence, StreamResult } from '#result/run-result.ts';
import { toStreamResult } from '#result/stream-result.ts';
import { canceledBeforeStart } from './canceled.ts';
import { classify, type DeniedCall } from './classify.ts';
import type { Output } from './output.ts';
import { runSession, type SessionInput } from './session.ts';
import type { SessionReport } from './session-report.ts';
import { type Baseline, prepare, type SetupInput, setUp, tearDown } from './setup.ts';
import type { SupervisedRun } from './supervised-run.ts';
import { unexplained } from './unexplained.ts';
import { computeUsage, limitsHit, programCpuUs, type UsageReadings } from './usage.ts';

export interface SuperviseInput
  extends SetupInput,
    Omit<SessionInput, 'ready' | 'baseline' | 'startTimeoutMs'> {
  /** Names a call for the result: number and AUDIT_ARCH value. */
  readonly nameCall: (nr: number, auditArch: number) => DeniedCall;
}

/** One run from an empty jail to a verdict. Whatever happens, nothing of it is left behind. */
export async function superviseRun(input: SuperviseInput): Promise<SupervisedRun> {
  const begin = performance.now();
  const { signal, setupTimeoutMs: startTimeoutMs } = input;
  const ready = await unlessCanceled(signal, setUp(input));
  if (!ready) return canceledBeforeStart();
  try {
    const baseline = await unlessCanceled(signal, prepare(input, ready, input.program.spec));
    if (!baseline || signal?.aborted) return canceledBeforeStart();
    const report = await runSession({ ...input, ready, baseline, startTimeoutMs });
    return conclude(input, { report, baseline, begin });
  } finally {
    await tearDown(input, ready);
  }
}

/** Cancelling ends whatever is under way before the start; what it broke thereby is no failure. */
async function unlessCanceled<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

interface Findings {
  readonly report: SessionReport;
  readonly baseline: Baseline;
  readonly begin: number;
}

/** @throws WarderError HOST_RESOURCE_EXHAUSTED, ENGINE_* */
function conclude(input: SuperviseInput, { report, baseline, begin }: Findings): SupervisedRun {
  requireTask(report);
  const { supervision } = input.program;
  const readings: UsageReadings = {
    driver: input.driver?.version ?? null,
    baseline: baseline.usage,
    final: report.final.usage,
    peakReset: baseline.peakReset,
    exit: report.exit,
    totals: report.totals,
    sampledMemoryBytes: report.sampledMemoryBytes,
    sampledGroupBytes: report.sampledGroupBytes,
    account: report.final.account,
    supervisedMs: report.startedAt === 0 ? null : report.endedAt - report.startedAt,
  };
  const evidence = toEvidence(report, programCpuUs(readings));
  const denied = evidence.denied && input.nameCall(evidence.denied.nr, evidence.denied.auditArch);
  const outcome = classify(evidence, supervision, report.exit?.elapsedMs ?? null, denied);
  if (!outcome) throw unexplained(input.plan.engine.name, report.launcher);
  const cut = { stdout: report.stdout.truncated(), stderr: report.stderr.truncated() };
  return {
    outcome,
    stdout: streamResult(report.stdout, input.keep),
    stderr: streamResult(report.stderr, input.keep),
    usage: computeUsage(readings),
    limitsHit: limitsHit(outcome, evidence, cut, supervision.cpuTimeMs),
    timings: { setupMs: Math.max(0, report.startedAt - begin), runMs: report.exit?.elapsedMs ?? 0 },
    evidence,
    exported: report.exported,
  };
}

/** A leaf has room for launcher, init and one task of the program's at least, so who refuses that one is a group above it. */
function requireTask({ execFailed }: SessionReport): void {
  if (execFailed?.step === 'clone' && execFailed.errno === 'EAGAIN') requireResources(execFailed.errno);
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
    group: report.final.account,
    orphans: report.totals?.orphans ?? null,
    launcher: report.launcher,
  };
}

/** What went to a sink is counted, and not there. */
function streamResult(output: Output, keep: boolean): StreamResult {
  if (keep) return toStreamResult(output.kept(), output.truncated());
  return { data: '', encoding: 'utf8', bytes: output.bytes(), truncated: output.truncated() };
}
