import { errorText } from './error-text.ts';
import { describeEnd, isKill } from './judging.ts';
import type { Answers, JudgeContext, Judgement, ProbeAnswer, ProbeAttack } from './types.ts';

/** An attack's judge behind what holds for all: without all its answers nothing is judged, and a failing judge is an error. */
export function judgeAnswers(
  attack: ProbeAttack,
  asked: number,
  answers: Answers,
  context: JudgeContext,
): Judgement {
  if (asked === 0 || answers.length < asked)
    return { verdict: 'error', evidence: [`${answers.length} of ${asked} probe calls were answered`] };
  const judgement = onlyOfWhole(attack, answers, judge(attack, answers, context));
  if (context.place === 'sandbox' || judgement.verdict !== 'escaped') return judgement;
  return { ...judgement, evidence: [...judgement.evidence, ...coverage(attack, answers, context)] };
}

function judge(attack: ProbeAttack, answers: Answers, context: JudgeContext): Judgement {
  try {
    return attack.judge(answers, context);
  } catch (error) {
    return { verdict: 'error', evidence: [`the judge failed: ${errorText(error)}`] };
  }
}

/** What a probe that broke off did not say cannot show that anything held; what it got out before, it got out. */
function onlyOfWhole({ ends = [] }: ProbeAttack, answers: Answers, judgement: Judgement): Judgement {
  if (judgement.verdict === 'escaped' || judgement.verdict === 'error') return judgement;
  const broken = answers.flatMap((answer) => brokenOff(answer, ends) ?? []);
  if (broken.length === 0) return judgement;
  return { verdict: 'error', evidence: [...judgement.evidence, ...broken] };
}

/** null for a probe that came to its own end, or to that of the filter. */
function brokenOff(answer: ProbeAnswer, ends: readonly string[]): string | null {
  const { name, end, calls, lines } = answer;
  if (isKill(answer) || (end.kind === 'signaled' && ends.includes(end.signal))) return null;
  return describeEnd(answer) ?? (calls.length + lines.length === 0 ? `${name}: said nothing` : null);
}

/** A control fires when one call succeeds; for how many of several it did shows how much of the attack it vouches for. */
function coverage(attack: ProbeAttack, answers: Answers, context: JudgeContext): readonly string[] {
  const fired = answers.filter((answer) => judge(attack, [answer], context).verdict === 'escaped').length;
  // Judges that need all answers at once say nothing of a single one.
  return fired === 0 || fired === answers.length
    ? []
    : [`succeeded for ${fired} of ${answers.length} probe calls`];
}
