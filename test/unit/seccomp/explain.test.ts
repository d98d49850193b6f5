import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALLOW, errnoAction } from '#seccomp/action.ts';
import { resolveFilter } from '#seccomp/build-filter.ts';
import { equals32, masked32 } from '#seccomp/conditions.ts';
import { evaluateFilter } from '#seccomp/evaluate.ts';
import { explainCall } from '#seccomp/explain.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';
import { AUDIT_ARCH, syscallNumber } from '#seccomp/syscalls.ts';
import { filterRequest } from '../../helpers/filters.ts';

const filter: SeccompFilter = {
  arch: 'x86_64',
  defaultAction: errnoAction(38),
  entries: [
    {
      syscall: 'socket',
      branches: [
        { when: [equals32(0, 1), masked32(1, 0xf, 1)], action: ALLOW, why: 'local stream' },
        { when: [equals32(0, 2)], action: errnoAction(93), why: 'internet' },
      ],
      otherwise: { action: errnoAction(97), why: 'family' },
    },
  ],
};

const whys = (syscall: string, ...args: (bigint | undefined)[]) =>
  explainCall(filter, syscall, args).candidates.map(({ why, when }) => [why, when.length]);

test('what is known narrows the verdicts that are possible', () => {
  expect(whys('socket')).toEqual([
    ['local stream', 2],
    ['internet', 1],
    ['family', 0],
  ]);
  expect(whys('socket', 1n)).toEqual([
    ['local stream', 1],
    ['family', 0],
  ]);
  expect(whys('socket', 1n, 1n)).toEqual([['local stream', 0]]);
  expect(whys('socket', 40n)).toEqual([['family', 0]]);
  expect(whys('socket', undefined, 2n)).toEqual([
    ['internet', 1],
    ['family', 0],
  ]);
  expect(whys('socket', (1n << 32n) | 2n)).toEqual([['internet', 0]]);
});

test('a call that no rule names gets the default action, and one of another architecture has no number', () => {
  expect(explainCall(filter, 'mount', [])).toMatchObject({
    listed: false,
    number: 165,
    candidates: [{ action: { errno: 38 } }],
  });
  expect(explainCall({ ...filter, arch: 'aarch64' }, 'fork', []).number).toBeNull();
});

test('with every argument known, one verdict is left, and it is that of the filter', () => {
  const real = resolveFilter(filterRequest('default'));
  const argument = fc.oneof(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.bigInt({ min: 0n, max: 64n }));
  const args = fc.array(argument, { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...real.entries.map(({ syscall }) => syscall)), args, (syscall, values) => {
      const { candidates } = explainCall(real, syscall, values);
      const nr = syscallNumber('x86_64', syscall) ?? -1;
      const action = evaluateFilter(real, { auditArch: AUDIT_ARCH.x86_64, nr, args: values });
      expect(candidates.map((candidate) => candidate.action)).toEqual([action]);
    }),
    { numRuns: 2000 },
  );
});
