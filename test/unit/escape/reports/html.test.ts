import { expect, test } from 'vitest';
import type { Bind } from '#escape/types.ts';
import { htmlReport } from '../../../../src/escape/reports/html.ts';
import { attackReport, escapeReport, HOSTILE, targetReport } from '../../../helpers/escape-report.ts';

function pageWith(binds: readonly Bind[]): string {
  const report = targetReport([attackReport()]);
  if (report.facts === null) throw new Error('the report has no facts');
  const facts = { ...report.facts, policy: { ...report.facts.policy, binds } };
  return htmlReport(escapeReport([{ ...report, facts }]));
}

test('what a policy gives of the host is in the page, as text', () => {
  expect(pageWith([])).toContain('<dt>Of the host</dt><dd>nothing</dd>');
  const page = pageWith([
    { source: '/srv', target: '/data', readOnly: false },
    { source: HOSTILE, target: '/x', readOnly: true },
  ]);
  expect(page).toContain('<dd>/srv at /data, writable; ');
  expect(page).toContain('at /x, read-only</dd>');
  expect(page).not.toMatch(/<script|<img/);
});
