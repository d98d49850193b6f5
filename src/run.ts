/**
 * One run, from a request to a result. The stages are those of docs/architecture.md; a reader of this file knows
 * where everything lives.
 */
import type { Writable } from 'node:stream';
import { nameExhaustion } from '#error/exhausted.ts';
import { isWarderError } from '#error/warder-error.ts';
import type { Logger } from '#log/logger.ts';
import { type RunRequest, toBytes } from '#plan/request-schema.ts';
import type { LiveUsage } from '#result/live-usage.ts';
import type { RunResult } from '#result/run-result.ts';
import { AUDIT_ARCH, syscallName } from '#seccomp/syscalls.ts';
import { canceledBeforeStart } from '#supervise/canceled.ts';
import type { DeniedCall } from '#supervise/classify.ts';
import type { RunQueue } from '#supervise/queue.ts';
import type { StdinSource } from '#supervise/stdin.ts';
import { superviseRun } from '#supervise/supervise.ts';
import type { SupervisedRun } from '#supervise/supervised-run.ts';
import { ulid } from '#util/ulid.ts';
import { auditFailure, auditRun } from './audit.ts';
import { type PlanTransform, transformPrepared } from './plan-transform.ts';
import type { Prepared, PrepareOptions, Preparer } from './prepare.ts';
import type { HostRuntime } from './runtime.ts';

/** What one instance lends to each of its runs. */
export interface RunContext {
  readonly runtime: HostRuntime;
  readonly preparer: Preparer;
  readonly queue: RunQueue;
  readonly logger: Logger;
  readonly setupTimeoutMs: number;
}

export interface RunExtras extends PrepareOptions {
  readonly signal?: AbortSignal;
  /** In place of the request's own. */
  readonly stdin?: StdinSource;
  readonly sinks?: { readonly stdout?: Writable; readonly stderr?: Writable };
  readonly onUsage?: (usage: LiveUsage) => void;
  /** false when a sink takes the output and nobody wants it in the result. */
  readonly keep?: boolean;
  /** For the escape suite alone. */
  readonly transform?: PlanTransform;
}

/** @throws WarderError for everything that is not the program's doing */
export async function executeRun(
  context: RunContext,
  request: RunRequest,
  extras: RunExtras,
): Promise<RunResult> {
  const id = request.id ?? ulid();
  const startedAt = new Date().toISOString();
  try {
    const prepared = transformPrepared(await context.preparer.prepare(request, extras), extras.transform);
    const queued = performance.now();
    const leave = await context.queue.enter(extras.signal);
    const queuedMs = performance.now() - queued;
    const run = leave ? await superviseIn(context, prepared, request, extras, leave) : canceledBeforeStart();
    const result = toResult({ id, startedAt, queuedMs, prepared, run });
    auditRun(context.logger, result);
    return result;
  } catch (thrown) {
    const error = nameExhaustion(thrown);
    if (isWarderError(error)) auditFailure(context.logger, id, error.toJSON());
    throw error;
  }
}

async function superviseIn(
  { runtime, logger, setupTimeoutMs }: RunContext,
  { jail, program, engine, launch }: Prepared,
  request: RunRequest,
  extras: RunExtras,
  leave: () => void,
): Promise<SupervisedRun> {
  try {
    const ids = await runtime.uids?.lease();
    const leaf = runtime.nextLeaf();
    logger.debug({ event: 'launch', argv: launch.argv, uid: ids?.uid }, 'starting a sandbox');
    return await superviseRun({
      plan: jail,
      engine,
      spec: launch,
      native: runtime.native,
      driver: runtime.driver,
      leafName: leaf.name,
      ids: ids ?? null,
      onGone: () => {
        ids?.release();
        leaf.gone();
      },
      setupTimeoutMs,
      program,
      stdin: extras.stdin ?? (request.stdin === undefined ? null : toBytes(request.stdin)),
      signal: extras.signal,
      sinks: extras.sinks ?? {},
      keep: extras.keep ?? true,
      onUsage: extras.onUsage,
      nameCall,
    });
  } finally {
    leave();
  }
}

/** A number without a name is shown as it is; a foreign ABI never gets this far (the filter kills it). */
function nameCall(nr: number, auditArch: number): DeniedCall {
  const abi = auditArch === AUDIT_ARCH.aarch64 ? 'aarch64' : 'x86_64';
  return { syscall: syscallName(abi, nr) ?? `syscall_${nr}`, abi };
}

interface ResultParts {
  readonly id: string;
  readonly startedAt: string;
  readonly queuedMs: number;
  readonly prepared: Prepared;
  readonly run: SupervisedRun;
}

function toResult({ id, startedAt, queuedMs, prepared, run }: ResultParts): RunResult {
  const { jail } = prepared;
  const { outcome } = run;
  return {
    schema: 1,
    id,
    outcome,
    ok: outcome.kind === 'exited' && outcome.exitCode === 0,
    phase: 'run',
    stdout: run.stdout,
    stderr: run.stderr,
    usage: run.usage,
    limitsHit: run.limitsHit,
    timings: { queuedMs, ...run.timings },
    phases: [],
    artifacts: [],
    engine: { name: jail.engine.name, version: jail.engine.version },
    policy: jail.policy,
    rootfs: jail.rootfs,
    controls: jail.controls,
    weakenings: jail.weakenings,
    evidence: run.evidence,
    startedAt,
  };
}
