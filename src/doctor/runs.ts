/** The proof at the end: real runs through the same door as everybody's, per engine and language. */
import type { EngineName } from '#engines/choose.ts';
import type { ErrorCode } from '#error/codes.ts';
import { LANGUAGES } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import type { RunResult } from '#result/run-result.ts';
import type { WarderInstance } from '#warder.ts';
import { skipped } from './findings.ts';
import { judgeRefusal, lacksTree, type RefusalContext } from './refusals.ts';
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
  readonly context: RefusalContext;
  readonly onProgress: (what: string) => void;
}

/** One after the other, so that the times mean something. */
export async function tryRuns(plan: RunPlan): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { name, found, needed } of plan.engines) {
    if (!found) {
      results.push(toResult(`runs.${name}`, `A run with ${name}`, skipped(`${name} is not installed`), null));
      continue;
    }
    plan.onProgress(`a command with ${name}`);
    const about = { id: `runs.${name}.command`, title: `A command with ${name}`, language: null };
    const request = { argv: ['true'], engine: name };
    const first = await tryRun(plan, { ...about, request, needed });
    results.push(first.code !== null && first.code === plan.refusal ? shorten(first) : first);
    // Each run of a launcher that hangs takes its whole deadline, and the first has said it.
    if (first.state === 'failed' || first.state === 'warning') continue;
    for (const language of LANGUAGES) {
      plan.onProgress(`${language.name} with ${name}`);
      results.push(await tryLanguage(plan, language, name, needed));
    }
  }
  return results;
}

function tryLanguage(
  plan: RunPlan,
  { id, name, hello }: Language,
  engine: EngineName,
  needed: boolean,
): Promise<CheckResult> {
  const about = { id: `runs.${engine}.${id}`, title: `${name} with ${engine}`, language: id };
  return tryRun(plan, { ...about, request: { language: id, code: hello, engine }, needed });
}

/** What is not installed, or is ruled out by the policy or by the tool's version, says nothing against this host. */
const NOT_FOR_HERE: readonly string[] = [
  'HOST_LANGUAGE_MISSING',
  'HOST_LANGUAGE_UNUSABLE',
  'REQUEST_INVALID',
];

interface Attempt {
  readonly id: string;
  readonly title: string;
  /** null for a command. */
  readonly language: string | null;
  readonly request: object;
  readonly needed: boolean;
}

async function tryRun({ instance, context, refusal }: RunPlan, attempt: Attempt): Promise<CheckResult> {
  const { id, title, language, request, needed } = attempt;
  const before = performance.now();
  const judgeThrown = (thrown: unknown): Finding => {
    const finding = judgeRefusal(thrown, language, context);
    // Planning has found something that has a tree, so this one can go without.
    const isElsewhere = refusal === null && lacksTree(thrown);
    const isNotForHere = language !== null && NOT_FOR_HERE.includes(finding.code ?? '');
    return isElsewhere || isNotForHere ? { ...finding, state: 'skipped' } : finding;
  };
  const finding = await instance.execute(request, {}).then(judgeResult, judgeThrown);
  const ms = finding.state === 'skipped' ? null : performance.now() - before;
  const state = finding.state === 'failed' && !needed ? 'warning' : finding.state;
  return toResult(id, title, { ...finding, state }, ms);
}

function judgeResult({ ok, outcome, stderr, timings }: RunResult): Finding {
  const [said = ''] = stderr.data.split('\n');
  if (!ok) return { state: 'failed', found: `${JSON.stringify(outcome)} ${said}`.trim() };
  const [setup, run] = [timings.setupMs, timings.runMs].map((ms) => ms.toFixed(1));
  return { state: 'ok', found: `ready after ${setup} ms, ran for ${run} ms` };
}

function shorten(result: CheckResult): CheckResult {
  return { ...result, found: `${result.code}: refused before it started, for what is said under policy` };
}

function toResult(
  id: string,
  title: string,
  { state, found, fix, code }: Finding,
  ms: number | null,
): CheckResult {
  return { id, group: 'runs', title, state, found, why: WHY, fix: fix ?? null, code: code ?? null, ms };
}
