import { describe, expect, test } from 'vitest';
import { escapeExitCode } from '../../../src/cli/escape-exit-code.ts';
import type { Verdict } from '../../../src/escape/types.ts';
import { attackReport, escapeReport, targetReport } from '../../helpers/escape-report.ts';

describe('escapeExitCode', () => {
  test.each<[Verdict, number, number]>([
    ['contained', 0, 0],
    ['not-applicable', 0, 0],
    ['escaped', 1, 1],
    ['weak', 1, 1],
    ['not-tested', 0, 2],
    ['error', 0, 2],
  ])('%s', (verdict, usual, strict) => {
    const report = escapeReport([targetReport([attackReport({ verdict })])]);
    expect([escapeExitCode(report, false), escapeExitCode(report, true)]).toEqual([usual, strict]);
  });

  test('canaries, problems, and what became worse', () => {
    expect(escapeExitCode(escapeReport([targetReport([], { canaries: ['x'] })]), false)).toBe(1);
    expect(escapeExitCode(escapeReport([targetReport([], { problem: 'x' })]), true)).toBe(2);
    const change = { target: 't', id: 'a', before: 'contained', after: 'not-tested' } as const;
    const baseline = (direction: 'worse' | 'better') =>
      escapeReport([], {
        baseline: { startedAt: '2026-01-01T00:00:00.000Z', changes: [{ ...change, direction }] },
      });
    expect(escapeExitCode(baseline('worse'), false)).toBe(1);
    expect(escapeExitCode(baseline('better'), false)).toBe(0);
  });
});
