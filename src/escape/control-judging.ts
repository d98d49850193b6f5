/** What positive controls need beyond the judges of judging.ts. */
import type { Answers, Facts, JudgeContext, Judgement } from './types.ts';

type Judge = (answers: Answers, context: JudgeContext) => Judgement;

/**
 * For what few may do, or few kernels have: where the supervisor itself is refused on the host, nobody that it starts has
 * more. Then there is no guard to take away, and the host's answer is the reason.
 */
export function beyondSupervisor(judge: Judge): Judge {
  return (answers, context) => {
    const judgement = judge(answers, context);
    if (context.place !== 'host' || judgement.verdict !== 'contained') return judgement;
    const why = 'this host refuses it to the supervisor as well';
    return { verdict: 'not-applicable', evidence: [why, ...judgement.evidence] };
  };
}

/** One judge for the target, another one for where the probe must succeed. */
export function inSandbox(target: Judge, elsewhere: Judge): Judge {
  return (answers, context) => (context.place === 'sandbox' ? target : elsewhere)(answers, context);
}

/** Profiles which refuse what programs rarely need and runs could signal by; `default` has it, for what does. */
const NARROW_PROFILES = ['strict', 'paranoid'];

export function isNarrow({ policy }: Facts): boolean {
  return NARROW_PROFILES.includes(policy.seccompProfile);
}

/** For `applies`: why there is nothing to attack under a wider profile. */
export function promisedByNarrow(what: string): (facts: Facts) => string | null {
  return (facts) =>
    isNarrow(facts)
      ? null
      : `profile ${facts.policy.seccompProfile} allows ${what}, which ordinary programs need; profiles strict and paranoid do not`;
}
