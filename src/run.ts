/**
 * One run, from a request to a result. The stages are those of docs/architecture.md; a reader of this file knows
 * where everything lives.
 */
import type { Writable } from 'node:stream';
import { nameExhaustion } from '#error/exhausted.ts';
import { isWarderError } from '#error/warder-error.ts';
import type { NativeProgram } from '#launch/native.ts';
import { type RunRequest, toBytes } from '#plan/request-schema.ts';
import type { JailPlan } from '#plan/types.ts';
import { toArtifactResult } from '#result/artifact-result.ts';
import type { PhaseResult, RunResult } from '#result/run-result.ts';
import { canceledBeforeStart } from '#supervise/canceled.ts';
import type { LiveListeners } from '#supervise/live-program.ts';
import type { RunQueue } from '#supervise/queue.ts';
import type { StdinSource } from '#supervise/stdin.ts';
import type { SupervisedRun } from '#supervise/supervised-run.ts';
import { ulid } from '#util/ulid.ts';
import { auditFailure, auditRun } from './audit.ts';
import { type CompileContext, compile } from './compile-phase.ts';
import type { LanguageProbes } from './language-probe.ts';
import { type PlanTransform, transformPrepared } from './plan-transform.ts';
import type { Prepared, PrepareOptions, Preparer } from './prepare.ts';
import { runPhase } from './run-phase.ts';

/** What one instance lends to each of its runs. */
export interface RunContext extends CompileContext {
  readonly preparer: Preparer;
  readonly queue: RunQueue;
  readonly probes: LanguageProbes;
}

/** `onStarted` is told of the run phase alone; the sinks have that phase's output only then. */
export interface RunExtras extends PrepareOptions, LiveListeners {
  readonly signal?: AbortSignal;
  /** In place of the request's own. */
  readonly stdin?: StdinSource;
  readonly sinks?: { readonly stdout?: Writable; readonly stderr?: Writable };
  /** false when a sink takes the output and nobody wants it in the result. */
  readonly keep?: boolean;
  /** For the escape suite alone, as is the next one. */
  readonly transform?: PlanTransform;
  /** In place of the instance's own. */
  readonly native?: NativeProgram;
}

/** @throws WarderError for everything that is not the program's doing */
export async function executeRun(
  instance: RunContext,
  request: RunRequest,
  extras: RunExtras,
): Promise<RunResult> {
  const { native = instance.runtime.native } = extras;
  const context = { ...instance, runtime: { ...instance.runtime, native } };
  const id = request.id ?? ulid();
  const startedAt = new Date().toISOString();
  try {
    const prepared = transformPrepared(await context.preparer.prepare(request, extras), extras.transform);
    const queued = performance.now();
    const leave = await context.queue.enter(extras.signal);
    const queuedMs = performance.now() - queued;
    const canceled = { phase: 'run', jail: prepared.jail, run: canceledBeforeStart(), phases: [] } as const;
    // Both phases in one place of the queue: what has been compiled does not wait again.
    const decided = leave ? await runPhases(context, prepared, request, extras).finally(leave) : canceled;
    const result = toResult({ id, startedAt, queuedMs, decided });
    auditRun(context.logger, result);
    return result;
  } catch (thrown) {
    const error = nameExhaustion(thrown);
    if (isWarderError(error)) auditFailure(context.logger, id, error.toJSON());
    throw error;
  }
}

/** What decided, and the phases before it. */
interface Decided {
  readonly phase: 'compile' | 'run';
  readonly jail: JailPlan;
  readonly run: SupervisedRun;
  readonly phases: readonly PhaseResult[];
}

async function runPhases(
  context: RunContext,
  prepared: Prepared,
  request: RunRequest,
  extras: RunExtras,
): Promise<Decided> {
  const { signal, sinks = {}, keep = true, onUsage, onStarted } = extras;
  const stdin = extras.stdin ?? (request.stdin === undefined ? null : toBytes(request.stdin));
  await context.probes.require(context, prepared);
  const options = { stdin, signal, sinks, keep, onUsage, onStarted };
  if (!prepared.compile) {
    const run = await runPhase(context, prepared, options);
    return { phase: 'run', jail: prepared.jail, run, phases: [] };
  }
  // Nobody reads the sinks of a program that has not started yet, and a compiler would wait for that.
  const compiled = await compile(context, prepared.compile, { signal, sinks: onStarted ? {} : sinks });
  if (!compiled.ok) {
    return { phase: 'compile', jail: prepared.compile.jail, run: compiled.run, phases: [] };
  }
  const program = prepared.compile.planRun(compiled.files);
  const run = await runPhase(context, { ...prepared, program }, options);
  return { phase: 'run', jail: prepared.jail, run, phases: [compiled.phase] };
}

interface ResultParts {
  readonly id: string;
  readonly startedAt: string;
  readonly queuedMs: number;
  readonly decided: Decided;
}

function toResult({ id, startedAt, queuedMs, decided }: ResultParts): RunResult {
  const { phase, jail, run, phases } = decided;
  const { outcome } = run;
  return {
    schema: 1,
    id,
    outcome,
    // A compiler that ends well and leaves nothing to run has decided as well.
    ok: phase === 'run' && outcome.kind === 'exited' && outcome.exitCode === 0,
    phase,
    stdout: run.stdout,
    stderr: run.stderr,
    usage: run.usage,
    limitsHit: run.limitsHit,
    timings: { queuedMs, ...run.timings },
    phases,
    // What a compiler leaves goes on to the run phase, not out; what is not taken of it is why nothing ran.
    artifacts: phase === 'run' ? run.exported.files.map(toArtifactResult) : [],
    artifactsRefused: run.exported.refused,
    engine: { name: jail.engine.name, version: jail.engine.version },
    policy: jail.policy,
    rootfs: jail.rootfs,
    controls: jail.controls,
    weakenings: jail.weakenings,
    evidence: run.evidence,
    startedAt,
  };
}
