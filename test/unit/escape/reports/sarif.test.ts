import { describe, expect, test } from 'vitest';
import { sarifReport } from '../../../../src/escape/reports/sarif.ts';
import { VERDICTS } from '../../../../src/escape/types.ts';
import { attackReport, escapeReport, hostileReport, targetReport } from '../../../helpers/escape-report.ts';
import { sarifSchema } from '../../../helpers/sarif-schema.ts';

const parse = (text: string) => sarifSchema.parse(JSON.parse(text));

describe('sarif', () => {
  test('fits the standard, hostile text included', () => {
    expect(parse(sarifReport(hostileReport())).runs).toHaveLength(3);
    JSON.parse(sarifReport(hostileReport()), (_, value: unknown) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      if (typeof value === 'string') expect(value).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
      return value;
    });
  });

  test('only what did not hold is a failure', () => {
    const attacks = VERDICTS.map((verdict) => attackReport({ id: `a-${verdict}`, verdict }));
    const [run] = parse(sarifReport(escapeReport([targetReport(attacks)]))).runs;
    expect(run?.results.map(({ ruleId, kind, level }) => [ruleId, kind, level])).toEqual([
      ['a-contained', 'pass', 'none'],
      ['a-escaped', 'fail', 'error'],
      ['a-weak', 'fail', 'warning'],
      ['a-not-applicable', 'notApplicable', 'none'],
      ['a-not-tested', 'open', 'none'],
      ['a-error', 'open', 'none'],
    ]);
    expect(run?.invocations[0]?.toolExecutionNotifications).toHaveLength(1);
  });

  test('fingerprints: the same attack on the same target, whatever the evidence', () => {
    const print = (
      change: Parameters<typeof attackReport>[0],
      engine: 'bubblewrap' | 'nsjail' = 'bubblewrap',
    ) => {
      const target = { kind: 'warder', policy: 'strict', engine } as const;
      const text = sarifReport(escapeReport([targetReport([attackReport(change)], { target })]));
      return parse(text).runs[0]?.results[0]?.fingerprints['warderAttack/v1'];
    };
    expect(print({ evidence: ['other'] })).toBe(print({}));
    expect(print({ id: 'fs-other' })).not.toBe(print({}));
    expect(print({}, 'nsjail')).not.toBe(print({}));
  });

  test('a canary is a failure of its own, a target that could not be prepared no success', () => {
    const reached = targetReport([attackReport()], { canaries: ['tcp listener: connected'] });
    const [run] = parse(sarifReport(escapeReport([reached]))).runs;
    expect(run?.results.at(-1)).toMatchObject({ ruleId: 'host-canary', kind: 'fail', level: 'error' });
    const [other] = parse(sarifReport(escapeReport([targetReport([], { problem: 'no' })]))).runs;
    expect(other?.invocations[0]?.executionSuccessful).toBe(false);
  });
});
