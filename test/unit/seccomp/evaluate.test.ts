import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeCondition } from '#seccomp/conditions.ts';
import { neverHolds } from '#seccomp/contradiction.ts';
import { conditionHolds } from '#seccomp/evaluate.ts';
import type { Condition } from '#seccomp/ir.ts';

describe('conditionHolds', () => {
  test.each<[Condition['op'], boolean, boolean, boolean]>([
    // argument one below, equal to and one above the value
    ['eq', false, true, false],
    ['ne', true, false, true],
    ['lt', true, false, false],
    ['le', true, true, false],
    ['gt', false, false, true],
    ['ge', false, true, true],
  ])('%s around a value that needs both halves', (op, below, equal, above) => {
    const value = 0x1_0000_0000n;
    const condition = { op, arg: 0, width: 64, value } as Condition;
    expect([value - 1n, value, value + 1n].map((argument) => conditionHolds(condition, argument))).toEqual([
      below,
      equal,
      above,
    ]);
  });

  test('a 32-bit comparison does not see the upper half', () => {
    const condition: Condition = { op: 'eq', arg: 0, width: 32, value: 1n };
    expect(conditionHolds(condition, 1n | (1n << 32n))).toBe(true);
    expect(conditionHolds({ ...condition, width: 64 }, 1n | (1n << 32n))).toBe(false);
  });

  test('compares without sign', () => {
    expect(conditionHolds({ op: 'gt', arg: 0, width: 32, value: 1n }, 0xffffffffn)).toBe(true);
  });
});

describe('neverHolds', () => {
  const nibble = fc.bigInt({ min: 0n, max: 15n });
  /** Values of four bits, so that trying them all is a proof. */
  const small = fc
    .record({
      op: fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge', 'maskedEq'),
      arg: fc.constantFrom(0, 1),
      value: nibble,
      mask: nibble,
    })
    .map(
      ({ op, arg, value, mask }): Condition =>
        op === 'maskedEq' ? { op, arg, width: 64, mask, value: value & mask } : { op, arg, width: 64, value },
    );

  test('is never true for conditions that some arguments satisfy', () => {
    const arguments_ = Array.from({ length: 33 }, (_, index) => BigInt(index));
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 4 }), (conditions) => {
        const satisfiable = [0, 1].every((arg) =>
          arguments_.some((value) =>
            conditions.filter((one) => one.arg === arg).every((one) => conditionHolds(one, value)),
          ),
        );
        if (satisfiable) expect(neverHolds(conditions)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test.each<[string, Condition[], boolean]>([
    ['two values', [condition('eq', 1n), condition('eq', 2n)], true],
    ['a value outside an order', [condition('eq', 5n), condition('lt', 5n)], true],
    ['an empty interval', [condition('gt', 4n), condition('lt', 5n)], true],
    [
      'an interval of the one value that is excluded',
      [condition('ge', 4n), condition('le', 4n), condition('ne', 4n)],
      true,
    ],
    [
      'the one value between two orders, excluded',
      [condition('gt', 4n), condition('lt', 6n), condition('ne', 5n)],
      true,
    ],
    ['the one value below an order, excluded', [condition('lt', 1n), condition('ne', 0n)], true],
    ['bits that a mask forbids', [condition('eq', 3n), mask(1n, 0n)], true],
    ['masks that disagree', [mask(6n, 2n), mask(3n, 1n)], true],
    ['masks that agree', [mask(6n, 2n), mask(3n, 3n)], false],
    ['different arguments', [condition('eq', 1n), { ...condition('eq', 2n), arg: 1 }], false],
  ])('%s', (_, conditions, expected) => {
    expect(neverHolds(conditions)).toBe(expected);
  });
});

function condition(op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge', value: bigint): Condition {
  return { op, arg: 0, width: 32, value };
}

function mask(bits: bigint, value: bigint): Condition {
  return { op: 'maskedEq', arg: 0, width: 32, mask: bits, value };
}

test('describeCondition prints what is compared', () => {
  expect(describeCondition({ op: 'lt', arg: 2, width: 64, value: 0x1000n })).toBe('arg2 < 0x1000 (64 bits)');
  expect(describeCondition(mask(0xfn, 5n))).toBe('arg0 & 0xf == 5 (32 bits)');
});
