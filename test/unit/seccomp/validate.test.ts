import { describe, expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import type { Action, Branch, Condition, SeccompFilter, SyscallEntry } from '#seccomp/ir.ts';
import { filterIssues, NEVER_NOTIFY, validateFilter } from '#seccomp/validate.ts';

const allow = { action: { kind: 'allow' }, why: 'test' } as const;
const eq = (value: bigint, arg: 0 | 1 = 0): Condition => ({ op: 'eq', arg, width: 32, value });
const branch = (...when: Condition[]): Branch => ({ when, action: { kind: 'errno', errno: 1 }, why: 'test' });

function filterOf(...entries: SyscallEntry[]): SeccompFilter {
  return { arch: 'x86_64', defaultAction: { kind: 'errno', errno: 38 }, entries };
}

function entryOf(...branches: Branch[]): SyscallEntry {
  return { syscall: 'socket', branches, otherwise: allow };
}

function problems(filter: SeccompFilter): string[] {
  return filterIssues(filter).map(({ path, message }) => `${path}: ${message}`);
}

describe('filterIssues', () => {
  test('accepts a filter that says one thing per case', () => {
    expect(problems(filterOf(entryOf(branch(eq(1n)), branch(eq(2n)), branch(eq(2n, 1)))))).toEqual([]);
  });

  test('accepts a rule that equals the default action: it is compiled, not dropped', () => {
    const same = { action: { kind: 'errno', errno: 38 }, why: 'test' } as const;
    expect(problems(filterOf({ syscall: 'read', branches: [], otherwise: same }))).toEqual([]);
  });

  test('names unknown calls with the nearest known one', () => {
    expect(filterIssues(filterOf({ syscall: 'sokcet', branches: [], otherwise: allow }))).toEqual([
      { path: 'entries.0.syscall', message: '`sokcet` is not a system call of x86_64', suggestion: 'socket' },
    ]);
  });

  test('names calls that only another architecture has', () => {
    const filter = {
      ...filterOf({ syscall: 'open', branches: [], otherwise: allow }),
      arch: 'aarch64',
    } as const;
    expect(problems(filter)).toEqual(['entries.0.syscall: `open` is not a system call of aarch64']);
  });

  test('a name of Object.prototype is not a call', () => {
    expect(problems(filterOf({ syscall: 'constructor', branches: [], otherwise: allow }))).toHaveLength(1);
  });

  test('refuses a second entry for a call', () => {
    expect(problems(filterOf(entryOf(), entryOf(branch(eq(1n)))))).toEqual([
      'entries.1.syscall: `socket` has an entry already (entries.0)',
    ]);
  });

  test.each<[string, Condition[], RegExp]>([
    ['a value beyond 32 bits', [eq(1n << 32n)], /does not fit in 32 bits/],
    ['a negative value', [eq(-1n)], /does not fit/],
    [
      'a mask beyond 32 bits',
      [{ op: 'maskedEq', arg: 0, width: 32, mask: 1n << 32n, value: 0n }],
      /mask does not fit/,
    ],
    ['a mask of nothing', [{ op: 'maskedEq', arg: 0, width: 32, mask: 0n, value: 0n }], /looks at nothing/],
    [
      'bits outside the mask',
      [{ op: 'maskedEq', arg: 0, width: 64, mask: 6n, value: 1n }],
      /outside the mask/,
    ],
    ['at least 0', [{ op: 'ge', arg: 0, width: 64, value: 0n }], /always holds/],
    ['at most everything', [{ op: 'le', arg: 0, width: 32, value: 0xffffffffn }], /always holds/],
    ['less than 0', [{ op: 'lt', arg: 0, width: 64, value: 0n }], /contradict/],
    ['two values at once', [eq(1n), eq(2n)], /contradict/],
    ['no condition', [], /needs a condition/],
  ])('refuses %s', (_, when, message) => {
    const found = problems(filterOf(entryOf(branch(...when))));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test('refuses a branch that an earlier one always answers for', () => {
    const narrower = branch(eq(1n), eq(2n, 1));
    expect(problems(filterOf(entryOf(branch(eq(1n)), narrower)))[0]).toMatch(/never reached.*repeats/);
    expect(problems(filterOf(entryOf(branch(eq(1n)), { ...narrower, ...allow })))[0]).toMatch(
      /never reached.*contradicts/,
    );
    expect(problems(filterOf(entryOf(narrower, branch(eq(1n)))))).toEqual([]);
  });

  test.each([0, -1, 4096, 1.5, Number.NaN])('refuses errno %d', (errno) => {
    const action: Action = { kind: 'errno', errno };
    expect(problems({ ...filterOf(), defaultAction: action })[0]).toMatch(/errno must be/);
    expect(problems(filterOf({ syscall: 'read', branches: [], otherwise: { action, why: '' } }))[0]).toMatch(
      /errno/,
    );
  });

  test.each(NEVER_NOTIFY)('refuses to notify on %s, in a branch, at the end and by default', (syscall) => {
    const notify = { action: { kind: 'notify' }, why: 'test' } as const;
    expect(problems(filterOf({ syscall, branches: [], otherwise: notify }))[0]).toMatch(/cannot notify/);
    const inBranch = { syscall, branches: [{ when: [eq(1n)], ...notify }], otherwise: allow };
    expect(problems(filterOf(inBranch))[0]).toMatch(/cannot notify/);
    const others = NEVER_NOTIFY.filter((name) => name !== syscall);
    const listed = others.map((name) => ({ syscall: name, branches: [], otherwise: allow }));
    expect(problems({ ...filterOf(...listed), defaultAction: { kind: 'notify' } })).toHaveLength(1);
  });

  test('reports all problems at once', () => {
    const bad = filterOf(entryOf(branch()), { syscall: 'nope', branches: [], otherwise: allow }, entryOf());
    expect(problems(bad)).toHaveLength(3);
    try {
      validateFilter(bad);
      expect.unreachable();
    } catch (error) {
      if (!isWarderError(error)) throw error;
      expect(error.code).toBe('SECCOMP_INVALID');
      expect(error.message).toContain('3 problems');
    }
  });
});
