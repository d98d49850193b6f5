/** The proof at the end: real runs through the same door as everybody's, per engine and language. */
import type { EngineName } from '#engines/choose.ts';
import type { ErrorCode } from '#error/codes.ts';
import { nameExhaustion } from '#error/exhausted.ts';
import { errnoOf, isWarderError } from '#error/warder-error.ts';
import { type LanguageHere, languagesHere } from '#languages-here.ts';
import type { RunResult } from '#result/run-result.ts';
import type { WarderInstance } from '#warder.ts';
import { installLanguage } from './fixes/packages.ts';
import type { CheckResult, Finding } from './types.ts';

const WHY = 'All of it together: what `warder run` does here';

export interface RunPlan {
  readonly instance: WarderInstance;
  readonly engines: readonly {
    readonly name: EngineName;
    readonly found: boolean;
    readonly needed: boolean;
  }[];
  /** With which planning has refused already: then that is all a run has to say. */
  readonly refusal: ErrorCode | null;
  readonly onProgress: (what: string) => void;
}

/** One after the other, so that the times mean something. */
export async function tryRuns({
  instance,
  engines,
  refusal,
  onProgress,
}: RunPlan): Promise<readonly CheckResult[]> {
  const languages = await languagesHere();
  const results: CheckResult[] = [];
  for (const { name, found, needed } of engines) {
    if (!found) {
      results.push(toResult(`runs.${name}`, `A run with ${name}`, skipped(`${name} is not installed`), null));
      continue;
    }
    onProgress(`a command with ${name}`);
    const command = { argv: ['true'], engine: name };
    const first = await tryRun(instance, `runs.${name}.command`, `A command with ${name}`, command, needed);
    results.push(first.code !== null && first.code === refusal ? shorten(first) : first);
    // Each run of a launcher that hangs takes its whole deadline, and the first has said it.
    if (first.state !== 'ok') continue;
    for (const here of languages) {
      onProgress(`${here.language.name} with ${name}`);
      results.push(await tryLanguage(instance, here, name, needed));
    }
  }
  return results;
}

async function tryLanguage(
  instance: WarderInstance,
  { language, interpreter, missing: absent }: LanguageHere,
  engine: EngineName,
  needed: boolean,
): Promise<CheckResult> {
  const id = `runs.${engine}.${language.id}`;
  const title = `${language.name} with ${engine}`;
  if (interpreter === null) {
    const fix = installLanguage(language.id);
    const missing = skipped(`${absent.join(' and ')} is not in /usr/bin or /usr/local/bin`);
    return toResult(id, title, { ...missing, ...(fix ? { fix } : {}) }, null);
  }
  const tried = await tryRun(
    instance,
    id,
    title,
    { language: language.id, code: language.hello, engine },
    needed,
  );
  return tried.code !== null && NOT_FOR_HERE.includes(tried.code)
    ? { ...tried, state: 'skipped', ms: null }
    : tried;
}

/** What the policy or the tool's version rules out for a language says nothing against this host. */
const NOT_FOR_HERE: readonly string[] = ['HOST_LANGUAGE_UNUSABLE', 'REQUEST_INVALID'];

async function tryRun(
  instance: WarderInstance,
  id: string,
  title: string,
  request: object,
  needed: boolean,
): Promise<CheckResult> {
  const before = performance.now();
  const finding = await instance.execute(request, {}).then(judgeResult, judgeError);
  const ms = performance.now() - before;
  const state = finding.state === 'failed' && !needed ? 'warning' : finding.state;
  return toResult(id, title, { ...finding, state }, ms);
}

function judgeResult({ ok, outcome, stderr, timings }: RunResult): Finding {
  const [said = ''] = stderr.data.split('\n');
  if (!ok) return { state: 'failed', found: `${JSON.stringify(outcome)} ${said}`.trim() };
  const [setup, run] = [timings.setupMs, timings.runMs].map((ms) => ms.toFixed(1));
  return { state: 'ok', found: `ready after ${setup} ms, ran for ${run} ms` };
}

/** What was thrown in place of a result: the code is the one that `warder run` ends with. */
export function judgeError(thrown: unknown): Finding {
  const error = nameExhaustion(thrown);
  if (!isWarderError(error)) return { state: 'failed', found: errnoOf(error), code: 'INTERNAL_BUG' };
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return { state: 'failed', found: `${error.code}: ${error.message}${hint}`, code: error.code };
}

function shorten(result: CheckResult): CheckResult {
  return { ...result, found: `${result.code}: refused before it started, for what is said under policy` };
}

function skipped(found: string): Finding {
  return { state: 'skipped', found };
}

function toResult(
  id: string,
  title: string,
  { state, found, fix, code }: Finding,
  ms: number | null,
): CheckResult {
  return { id, group: 'runs', title, state, found, why: WHY, fix: fix ?? null, code: code ?? null, ms };
}
