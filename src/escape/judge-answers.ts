import { errorText } from './error-text.ts';
import type { Answers, JudgeContext, Judgement, ProbeAttack } from './types.ts';

/** An attack's judge behind what holds for all: without all its answers nothing is judged, and a failing judge is an error. */
export function judgeAnswers(
  attack: ProbeAttack,
  asked: number,
  answers: Answers,
  context: JudgeContext,
): Judgement {
  if (asked === 0 || answers.length < asked)
    return { verdict: 'error', evidence: [`${answers.length} of ${asked} probe calls were answered`] };
  try {
    return attack.judge(answers, context);
  } catch (error) {
    return { verdict: 'error', evidence: [`the judge failed: ${errorText(error)}`] };
  }
}
