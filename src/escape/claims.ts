/** Findings that are made of claims: each holds or not, by facts that are told with it. */
import type { ControlFinding, Finding } from './types.ts';

export interface Claim {
  /** What was seen, exactly. */
  readonly text: string;
  readonly holds: boolean;
}

/** Contained when every claim holds and the control fired; a claim that does not hold is an escape. */
export function settle(claims: readonly Claim[], control: ControlFinding): Finding {
  const broken = claims.filter(({ holds }) => !holds);
  const evidence = (broken.length > 0 ? broken : claims).map(({ text }) => text);
  if (broken.length > 0) return { verdict: 'escaped', evidence, control };
  if (control.fired) return { verdict: 'contained', evidence, control };
  return {
    verdict: 'not-tested',
    evidence: [...evidence, `the control did not fire: ${control.place}`],
    control,
  };
}
