/** What the attacks on limits share: a run of one probe, what ended it, and the same run where nothing limits it. */

import type { LimitName, RunRequest, RunResult } from '#index.ts';
import type { PlanTransform } from '#internal.ts';
import { startProbe } from './probe-stage.ts';
import { combine, relax } from './relaxations.ts';
import type { AttackContext, Finding, Judgement } from './types.ts';

/** One start of the probe, in one process: with `args`, under the target's policy and what `request` tightens. */
export interface Trial {
  readonly name: string;
  readonly args: readonly string[];
  readonly request?: RunRequest;
  /** Controls taken away, for the comparison. */
  readonly transform?: PlanTransform;
}

export type JudgeRun = (result: RunResult) => Judgement;

/** @throws WarderError as AttackContext.run */
export function runTrial(
  context: AttackContext,
  { args, request = {}, transform }: Omit<Trial, 'name'>,
): Promise<RunResult> {
  const transforms = [context.withProbe, startProbe(['inline', ...args]), ...(transform ? [transform] : [])];
  return context.run(request, combine(transforms));
}

/**
 * Each trial has to be contained, the control has to be what the judge calls escaped, and afterwards a run of nothing
 * special must go as ever: a neighbour that the attack hurt would show there.
 */
export async function limitFinding(
  context: AttackContext,
  parts: { readonly trials: readonly Trial[]; readonly judge: JudgeRun; readonly control: Trial },
): Promise<Finding> {
  const { trials, judge, control } = parts;
  const judged: Judgement[] = [];
  for (const trial of trials) judged.push(named(trial, judge(await runTrial(context, trial))));
  const compared = await compare(context, judge, control);
  const after = await runTrial(context, { args: ['ids'] });
  const isNormal = after.ok && after.stdout.data.includes('end 0 exited 0');
  const fired = compared.verdict === 'escaped';
  const verdicts = judged.map(({ verdict }) => verdict);
  const failed = verdicts.includes('error') || !isNormal ? 'error' : null;
  return {
    verdict: verdicts.includes('escaped')
      ? 'escaped'
      : (failed ?? (verdicts.includes('weak') ? 'weak' : fired ? 'contained' : 'not-tested')),
    evidence: [
      ...judged.flatMap(({ evidence }) => evidence),
      ...(isNormal ? [] : [`the run after it: ${JSON.stringify(after.outcome)}`]),
    ],
    control: { place: control.name, fired, evidence: compared.evidence },
  };
}

/** Where the filter alone refuses what the control does too, it is taken away for the comparison. */
async function compare(context: AttackContext, judge: JudgeRun, control: Trial): Promise<Judgement> {
  const first = await runTrial(context, control);
  const judged = named(control, judge(first));
  if (judged.verdict === 'escaped') return judged;
  const second = await runTrial(context, { ...control, transform: relax(['seccomp']) });
  return named({ ...control, name: `${control.name}, without the filter` }, judge(second));
}

function named({ name }: Trial, { verdict, evidence }: Judgement): Judgement {
  return { verdict, evidence: evidence.map((line) => `${name}: ${line}`) };
}

/** The run was ended by this limit, by the supervisor's own record of why; `escaped` when the probe got what it wanted. */
export function endedBy(limit: LimitName): JudgeRun {
  return (result) => {
    const { outcome, evidence: facts } = result;
    const cause = `${JSON.stringify(outcome)}, first cause ${facts.firstCause ?? 'none'}`;
    if (/^held /m.test(result.stdout.data))
      return { verdict: 'escaped', evidence: [`it held what it took: ${cause}`] };
    if (outcome.kind === 'limit' && outcome.limit === limit)
      return { verdict: 'contained', evidence: [cause] };
    return { verdict: 'error', evidence: [`${cause}, where the limit ${limit} was expected`] };
  };
}
