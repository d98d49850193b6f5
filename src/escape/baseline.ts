/** What changed since a former report. Pure; attacks are the same when target and id are. */
import type { AttackReport, Change, EscapeReport } from './report-types.ts';
import { targetName } from './target.ts';
import type { Verdict } from './types.ts';

/** Targets that only one of the two reports has are left out: nobody asked for them both times. */
export function compareReports(
  before: Pick<EscapeReport, 'targets'>,
  after: Pick<EscapeReport, 'targets'>,
): readonly Change[] {
  const former = new Map(before.targets.map((report) => [targetName(report.target), report.attacks]));
  return after.targets.flatMap(({ target, attacks }) => {
    const name = targetName(target);
    const known = former.get(name);
    return known === undefined ? [] : compareAttacks(name, known, attacks);
  });
}

function compareAttacks(
  target: string,
  before: readonly AttackReport[],
  after: readonly AttackReport[],
): readonly Change[] {
  const was = new Map(before.map(({ id, verdict }) => [id, verdict]));
  const is = new Map(after.map(({ id, verdict }) => [id, verdict]));
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((id) => {
    const [old, now] = [was.get(id) ?? null, is.get(id) ?? null];
    return old === now ? [] : [{ target, id, before: old, after: now, direction: directionOf(old, now) }];
  });
}

/** How much is known to hold; what does not apply has nothing to hold. */
const RANK: Readonly<Record<Exclude<Verdict, 'not-applicable'>, number>> = {
  escaped: 0,
  weak: 1,
  error: 2,
  'not-tested': 2,
  contained: 3,
};

function directionOf(before: Verdict | null, after: Verdict | null): Change['direction'] {
  // What was known to hold and was not looked at again is not known any more.
  if (after === null) return before === 'contained' ? 'worse' : 'other';
  if (after === 'not-applicable') return 'other';
  const now = RANK[after];
  if (before === null || before === 'not-applicable')
    return after === 'escaped' || after === 'weak' ? 'worse' : 'other';
  if (now === RANK[before]) return 'other';
  return now > RANK[before] ? 'better' : 'worse';
}
