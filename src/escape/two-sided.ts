/** Findings of attacks that do their own runs: the same judge for the target and for where the probe must succeed. */
import type { Answers, AttackContext, ControlFinding, Finding, JudgeContext, Judgement } from './types.ts';
import { onlyOfWhole } from './whole-answers.ts';

type Judge = (answers: Answers, context: JudgeContext) => Judgement;

/** @param control answers from where the attack must succeed, and how that place is called */
export function twoSided(
  { facts, canaries }: AttackContext,
  judge: Judge,
  inside: Answers,
  control: { readonly place: string; readonly answers: Answers },
): Finding {
  const judgement = onlyOfWhole(inside, judge(inside, { facts, canaries, place: 'sandbox' }));
  const other = judge(control.answers, { facts, canaries, place: 'host' });
  const { place } = control;
  const fired = other.verdict === 'escaped';
  return withControl(judgement, { place, fired, evidence: other.evidence });
}

/** What is contained counts only where the control shows that it need not have been. */
export function withControl({ verdict, evidence }: Judgement, control: ControlFinding): Finding {
  if (verdict !== 'contained' || control.fired) return { verdict, evidence, control };
  return {
    verdict: 'not-tested',
    evidence: [...evidence, `the control did not fire: ${control.place}`],
    control,
  };
}

/** Asks at one place after the other until the attack succeeds. @returns the last one asked, with the judge's finding */
export async function twoSidedAt<P extends string>(
  context: AttackContext,
  judge: Judge,
  inside: Answers,
  places: readonly P[],
  ask: (place: P) => Promise<Answers>,
): Promise<Finding> {
  let finding: Finding = { verdict: 'error', evidence: ['no control'], control: null };
  for (const place of places) {
    finding = twoSided(context, judge, inside, { place, answers: await ask(place) });
    if (finding.control?.fired) break;
  }
  return finding;
}
