import { expect, test } from 'vitest';
import { canceledBeforeStart } from '#supervise/canceled.ts';
import { classify } from '#supervise/classify.ts';

test('nothing was started, so nothing is claimed to have been measured', () => {
  const run = canceledBeforeStart();
  expect(run.outcome).toEqual({ kind: 'canceled' });
  expect(run.stdout).toEqual({ data: '', encoding: 'utf8', bytes: 0, truncated: false });
  expect(run.stderr).toEqual(run.stdout);
  const { sources, ...figures } = run.usage;
  expect(Object.values(figures).every((figure) => figure === null)).toBe(true);
  expect(sources).toEqual({});
  expect(run.limitsHit).toEqual([]);
});

test('its evidence leads to the same verdict', () => {
  const { evidence, outcome } = canceledBeforeStart();
  expect(classify(evidence, { wallMs: null, cpuTimeMs: null }, null, null)).toEqual(outcome);
});
