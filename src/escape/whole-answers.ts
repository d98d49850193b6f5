/** A probe that crashed, timed out, failed or said nothing shows nothing of what held, whatever it said before. */
import { describeEnd, isKill } from './judging.ts';
import type { Answers, Judgement, ProbeAnswer } from './types.ts';

/**
 * The judgement where every probe came to its end, else an `error`. What got out before one broke off is out.
 * @param ends signals by which a probe may end
 */
export function onlyOfWhole(answers: Answers, judgement: Judgement, ends: readonly string[] = []): Judgement {
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
