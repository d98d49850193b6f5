/** One run for the command line: signals, live output, the result's form, the exit status. */

import type { Readable } from 'node:stream';
import type { RunRequest, RunResult } from '#index.ts';
import { openWarder, type RunExtras } from '#internal.ts';
import { artifactLine } from './artifact-line.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { exitCodeOf } from './exit-code.ts';
import { isTalkative, openLog } from './logging.ts';
import { type Outputs, openOutputs } from './outputs.ts';
import { ownPlace } from './own-place.ts';
import { showProgress } from './progress.ts';
import { errorJson, toWarderError } from './report-error.ts';
import { policyOf } from './request.ts';
import { openOut, saveArtifacts } from './save-artifacts.ts';
import type { SharedOptions } from './shared-options.ts';
import { type SignalWatch, watchSignals } from './signals.ts';
import { painter } from './style.ts';
import { summaryLine } from './summary.ts';
import { terminalSafe } from './terminal-safe.ts';

export interface Job {
  readonly request: RunRequest;
  readonly overrides: RunExtras['overrides'];
  readonly stdin: Readable | null;
  readonly options: SharedOptions;
}

/** @throws WarderError for everything that is not the program's doing */
export async function execute(context: CliContext, job: Job): Promise<ExitStatus> {
  const canceling = new AbortController();
  const outputs = openOutputs(job.options);
  context.stdio.onBroken(() => canceling.abort());
  const signals = watchSignals(() => {
    canceling.abort();
    outputs.hurry();
  });
  try {
    const result = await runAndSave(context, job, outputs, canceling.signal);
    await outputs.finish();
    report(result, job, outputs, signals, context);
    return exitStatus(result, signals);
  } catch (error) {
    const signal = signals.received();
    if (signal === undefined) throw error;
    // A terminal sends the signal to the launcher as well, which may fail of it before the run is canceled.
    if (job.options.json) process.stdout.write(errorJson(toWarderError(error)));
    return { kind: 'signal', signal };
  } finally {
    signals.stop();
    job.stdin?.destroy();
  }
}

/** Before the program is started, it is known that there is a place for what it leaves. */
async function runAndSave(
  context: CliContext,
  job: Job,
  outputs: Outputs,
  signal: AbortSignal,
): Promise<RunResult> {
  const { out } = job.options;
  const directory = out === undefined ? null : await openOut(out);
  try {
    const result = await run(context, job, outputs, signal);
    return directory && out !== undefined ? await saveArtifacts(result, directory, out) : result;
  } finally {
    await directory?.close();
  }
}

async function run(
  { env }: CliContext,
  { request, overrides, stdin, options }: Job,
  outputs: Outputs,
  signal: AbortSignal,
): Promise<RunResult> {
  const { compileCache = true } = options;
  const settings = { logger: openLog(options), cgroup: ownPlace(env), compileCache, ...policyOf(request) };
  const warder = await openWarder(settings, env);
  try {
    return await warder.execute(request, {
      signal,
      ...(overrides ? { overrides } : {}),
      ...(options.allowWiden ? { allowWiden: true } : {}),
      ...(stdin ? { stdin } : {}),
      ...(options.progress ? { onUsage: (usage) => showProgress(usage, outputs.beginLine()) } : {}),
      ...outputs.extras,
    });
  } finally {
    await warder.close();
  }
}

function report(
  result: RunResult,
  { options }: Job,
  outputs: Outputs,
  signals: SignalWatch,
  { env, stdio }: CliContext,
): void {
  if (stdio.broken()) return;
  if (options.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const weakened = isTalkative(options.logLevel) ? weakeningLine(result) : null;
  const summary = options.quiet ? null : summaryLine(result, signals.received());
  const artifacts = options.quiet || options.artifact === undefined ? null : artifactLine(result);
  const lines = [weakened, artifacts, summary].filter((line) => line !== null);
  if (lines.length === 0) return;
  const paint = painter(process.stderr.isTTY === true, env);
  const prefix = paint('yellow', 'warder:');
  const text = lines.map((line) => `${prefix} ${terminalSafe(line)}\n`).join('');
  process.stderr.write(outputs.atLineStart() ? text : `\n${text}`);
}

function weakeningLine({ weakenings }: RunResult): string | null {
  if (weakenings.length === 0) return null;
  return `weakened: ${weakenings.map(({ id, why }) => `${id} (${why})`).join('; ')}`;
}

function exitStatus(result: RunResult, signals: SignalWatch): ExitStatus {
  const signal = signals.received();
  if (signal) return { kind: 'signal', signal };
  const step = result.evidence.execFailed?.step;
  return { kind: 'code', code: exitCodeOf(result.outcome, result.phase, step) };
}
