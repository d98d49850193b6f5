import { describe, expect, test } from 'vitest';
import { compareReports } from '../../../src/escape/baseline.ts';
import type { Verdict } from '../../../src/escape/types.ts';
import { attackReport, escapeReport, targetReport } from '../../helpers/escape-report.ts';

const withVerdict = (verdict: Verdict | null) =>
  escapeReport([targetReport(verdict === null ? [] : [attackReport({ verdict })])]);

describe('compareReports', () => {
  test.each<[Verdict | null, Verdict | null, 'better' | 'worse' | 'other']>([
    ['contained', 'escaped', 'worse'],
    ['contained', 'not-tested', 'worse'],
    ['contained', 'error', 'worse'],
    ['contained', null, 'worse'],
    ['weak', 'escaped', 'worse'],
    [null, 'escaped', 'worse'],
    [null, 'weak', 'worse'],
    ['not-applicable', 'escaped', 'worse'],
    ['escaped', 'contained', 'better'],
    ['not-tested', 'contained', 'better'],
    [null, 'contained', 'other'],
    ['escaped', null, 'other'],
    ['not-tested', 'error', 'other'],
    ['contained', 'not-applicable', 'other'],
  ])('%s to %s is %s', (before, after, direction) => {
    expect(compareReports(withVerdict(before), withVerdict(after))).toEqual([
      { target: 'strict on bubblewrap', id: 'fs-example', before, after, direction },
    ]);
  });

  test('nothing where nothing changed, and for targets of one report only', () => {
    expect(compareReports(withVerdict('weak'), withVerdict('weak'))).toEqual([]);
    const other = escapeReport([targetReport([attackReport()], { target: { kind: 'plain-bwrap' } })]);
    expect(compareReports(other, withVerdict('escaped'))).toEqual([]);
  });
});
