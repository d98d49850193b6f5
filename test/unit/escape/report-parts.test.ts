import { expect, test } from 'vitest';
import { ATTACKS } from '#escape/corpus.ts';
import { toReport } from '#escape/report-parts.ts';
import type { Attack, Finding } from '#escape/types.ts';

const [attack] = ATTACKS as readonly [Attack, ...Attack[]];

test('a line that a program made endless is cut, and says by how much', () => {
  const evidence = ['x'.repeat(1024 ** 2), 'mount: EPERM'];
  const control = { place: 'host', fired: true, evidence: ['y'.repeat(2001)] };
  const report = toReport(attack, { verdict: 'escaped', evidence, control }, null);
  expect(report.evidence).toEqual([`${'x'.repeat(2000)}… (${1024 ** 2 - 2000} more)`, 'mount: EPERM']);
  expect(report.control?.evidence).toEqual([`${'y'.repeat(2000)}… (1 more)`]);
});

test('an attack of which nothing is known is an error', () => {
  expect(toReport(attack, undefined, null)).toMatchObject({ verdict: 'error', control: null });
  const finding: Finding = { verdict: 'contained', evidence: [], control: null };
  expect(toReport(attack, finding, null).control).toBeNull();
});
