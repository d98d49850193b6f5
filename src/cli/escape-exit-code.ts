import type { EscapeReport, Verdict } from '#escape/index.ts';
import { EXIT } from './exit-code.ts';

const DID_NOT_HOLD = 1;
const NOT_SURE = 2;

/**
 * 1: something escaped or is weak, a canary was reached, or less is known to hold than in the baseline. A baseline excuses
 * nothing: what escaped then and still does is an escape. 2, with `strict`: something was not tested or failed; always when
 * a target could not be attacked at all, of which nobody may take the silence for a success.
 */
export function escapeExitCode({ targets, baseline }: EscapeReport, strict: boolean): number {
  const has = (...verdicts: readonly Verdict[]): boolean =>
    targets.some(({ summary }) => verdicts.some((verdict) => summary[verdict] > 0));
  if (has('escaped', 'weak') || targets.some(({ canaries }) => canaries.length > 0)) return DID_NOT_HOLD;
  if (baseline?.changes.some(({ direction }) => direction === 'worse')) return DID_NOT_HOLD;
  if (targets.some(({ problem }) => problem !== null)) return NOT_SURE;
  return strict && has('not-tested', 'error') ? NOT_SURE : EXIT.ok;
}
