import { expect, test } from 'vitest';
import { requireCommonTarget, targetsOf } from '../../../src/cli/escape-targets.ts';
import { escapeReport, targetReport } from '../../helpers/escape-report.ts';

const nothing = { policy: [], engine: [], target: [] } as const;

test('every policy on every engine, and plain launchers beside them', () => {
  expect(targetsOf(nothing)).toEqual([{ kind: 'warder', policy: 'strict', engine: 'auto' }]);
  expect(targetsOf({ ...nothing, target: ['plain-bwrap'] })).toEqual([{ kind: 'plain-bwrap' }]);
  const all = targetsOf({
    policy: ['a', 'b'],
    engine: ['bubblewrap', 'nsjail'],
    rootfs: 'host',
    target: ['plain-nsjail'],
  });
  expect(all).toHaveLength(5);
  expect(all[3]).toEqual({ kind: 'warder', policy: 'b', engine: 'nsjail', rootfs: 'host' });
});

test.each([
  ['--engine', { ...nothing, engine: ['nsjail'], target: ['plain-bwrap'] }],
  ['--rootfs', { ...nothing, rootfs: 'host', target: ['plain-bwrap'] }],
] as const)('%s without a policy would be without effect', (option, options) => {
  expect(() => targetsOf(options)).toThrow(`${option}: says nothing of a plain launcher`);
});

test('a baseline of other targets would show that nothing changed', () => {
  const before = escapeReport([targetReport([], { target: { kind: 'plain-bwrap' } })]);
  const strict = { kind: 'warder', policy: 'strict', engine: 'auto' } as const;
  expect(() => requireCommonTarget(before, [strict])).toThrow(
    'a report of plain-bwrap, not of strict on auto',
  );
  expect(() => requireCommonTarget(escapeReport([]), [strict])).toThrow('a report of nothing');
  expect(() => requireCommonTarget(before, [strict, { kind: 'plain-bwrap' }])).not.toThrow();
});
