import fc from 'fast-check';
import { type Action, ARCHES, type Branch, type Condition, type SeccompFilter } from '#seccomp/ir.ts';
import { syscallNames } from '#seccomp/syscalls.ts';
import { filterIssues, NEVER_NOTIFY } from '#seccomp/validate.ts';

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom<Action>({ kind: 'allow' }, { kind: 'killProcess' }, { kind: 'trap' }, { kind: 'log' }),
  fc.integer({ min: 1, max: 4095 }).map((errno): Action => ({ kind: 'errno', errno })),
);
const ruleAction = fc.oneof(action, fc.constant<Action>({ kind: 'notify' }));

const arg = fc.constantFrom(0, 1, 2, 3, 4, 5);
/** Small numbers, single bits and whole halves are where comparisons go wrong. */
const word = fc.oneof(
  fc.bigInt({ min: 0n, max: 8n }),
  fc.integer({ min: 0, max: 63 }).map((bit) => 1n << BigInt(bit)),
  fc.constantFrom(0xffffffffn, 0x100000000n, 0xffffffff00000000n, 0xffffffffffffffffn),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);

const condition: fc.Arbitrary<Condition> = fc
  .record({
    op: fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge', 'maskedEq'),
    arg,
    width: fc.constantFrom(32, 64),
    value: word,
    mask: word,
  })
  .map(({ op, mask, value, ...rest }): Condition => {
    const cut = BigInt.asUintN(rest.width, value);
    if (op !== 'maskedEq') return { op, ...rest, value: cut };
    const cutMask = BigInt.asUintN(rest.width, mask);
    return { op, ...rest, mask: cutMask, value: cut & cutMask };
  });

const branch: fc.Arbitrary<Branch> = fc.record({
  when: fc.array(condition, { minLength: 1, maxLength: 3 }),
  action: ruleAction,
  why: fc.constant('test'),
});

/** Valid filters: entries whose branches are refused lose them. */
export const seccompFilter: fc.Arbitrary<SeccompFilter> = fc
  .constantFrom(...ARCHES)
  .chain((arch) =>
    fc.record({
      arch: fc.constant(arch),
      defaultAction: action,
      entries: fc.uniqueArray(
        fc.record({
          syscall: fc.constantFrom(...syscallNames(arch).filter((name) => !NEVER_NOTIFY.includes(name))),
          branches: fc.array(branch, { maxLength: 4 }),
          otherwise: fc.record({ action: ruleAction, why: fc.constant('test') }),
        }),
        { selector: ({ syscall }) => syscall, maxLength: 40 },
      ),
    }),
  )
  .map((filter) => ({
    ...filter,
    entries: filter.entries.map((entry) => {
      const valid = filterIssues({ ...filter, entries: [entry] }).length === 0;
      return valid ? entry : { ...entry, branches: [] };
    }),
  }));
