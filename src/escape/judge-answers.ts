import { errorText } from './error-text.ts';
import type { Answers, JudgeContext, Judgement, ProbeAttack } from './types.ts';
import { onlyOfWhole } from './whole-answers.ts';

/** An attack's judge behind what holds for all: without all its answers nothing is judged, and a failing judge is an error. */
export function judgeAnswers(
  attack: ProbeAttack,
  asked: number,
  answers: Answers,
  context: JudgeContext,
): Judgement {
  if (asked === 0 || answers.length < asked)
    return { verdict: 'error', evidence: [`${answers.length} of ${asked} probe calls were answered`] };
  const judgement = onlyOfWhole(answers, judge(attack, answers, context), attack.ends);
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

/** A control fires when one call succeeds; for how many of several it did shows how much of the attack it vouches for. */
function coverage(attack: ProbeAttack, answers: Answers, context: JudgeContext): readonly string[] {
  const fired = answers.filter((answer) => judge(attack, [answer], context).verdict === 'escaped').length;
  // Judges that need all answers at once say nothing of a single one.
  return fired === 0 || fired === answers.length
    ? []
    : [`succeeded for ${fired} of ${answers.length} probe calls`];
}
