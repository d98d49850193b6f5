import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KILL_PROCESS } from '#seccomp/action.ts';
import { resolveFilter } from '#seccomp/build-filter.ts';
import { evaluateFilter, X32_SYSCALL_BIT } from '#seccomp/evaluate.ts';
import type { Action, Condition, SeccompFilter } from '#seccomp/ir.ts';
import { emitKafel } from '#seccomp/kafel.ts';
import { AUDIT_ARCH } from '#seccomp/syscalls.ts';
import { filterRequest } from '../../helpers/filters.ts';
import { seccompFilter } from './arbitraries.ts';
import { boundaryCalls } from './calls.ts';
import { evaluateKafel, parseKafel } from './kafel-evaluator.ts';

const ENOSYS: Action = { kind: 'errno', errno: 38 };
const ALLOW: Action = { kind: 'allow' };

function letsRun({ kind }: Action): boolean {
  return kind === 'allow' || kind === 'log';
}

/** What the model says, as far as kafel can say it: nobody answers notifications, and x32 may meet the default. */
function expected(filter: SeccompFilter, call: Parameters<typeof evaluateFilter>[1]): Action {
  const action = evaluateFilter(filter, call);
  const x32 = filter.arch === 'x86_64' && call.nr >= X32_SYSCALL_BIT;
  if (x32 && !letsRun(filter.defaultAction)) return filter.defaultAction;
  return action.kind === 'notify' ? KILL_PROCESS : action;
}

function disagreements(filter: SeccompFilter, perEntry: number): readonly string[] {
  const policy = parseKafel(emitKafel(filter));
  const found: string[] = [];
  for (const call of boundaryCalls(filter, perEntry)) {
    // Far x32 numbers, which no kernel has, are past the list.
    if (call.auditArch !== AUDIT_ARCH[filter.arch] || call.nr >= X32_SYSCALL_BIT + 552) continue;
    const wanted = JSON.stringify(expected(filter, call));
    const actual = JSON.stringify(evaluateKafel(policy, call));
    if (actual !== wanted) found.push(`${call.nr} (${call.args.join(', ')}): ${actual}, model ${wanted}`);
  }
  return found;
}

function withBranch(conditions: readonly Condition[]): SeccompFilter {
  const branch = { when: conditions, action: ALLOW, why: 'test' };
  const otherwise = { action: KILL_PROCESS, why: 'test' };
  return {
    arch: 'x86_64',
    entries: [{ syscall: 'ioctl', branches: [branch], otherwise }],
    defaultAction: ENOSYS,
  };
}

describe('emitKafel', () => {
  test('says what the model says, for any filter', () => {
    fc.assert(
      fc.property(seccompFilter, (filter) => {
        expect(disagreements(filter, 100)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test.each(['none', 'loopback'] as const)('says what the default profile says, network %s', (network) => {
    const filter = resolveFilter(filterRequest('default', { network, deny: ['times', 'ptrace'] }));
    expect(disagreements(filter, 300)).toEqual([]);
  });

  test('the same filter gives the same text', () => {
    const filter = resolveFilter(filterRequest('default'));
    expect(emitKafel(structuredClone(filter))).toBe(emitKafel(filter));
  });

  test('numbers with names as comments, branches in their order, and always a default', () => {
    const filter: SeccompFilter = {
      arch: 'x86_64',
      entries: [
        { syscall: 'read', branches: [], otherwise: { action: ALLOW, why: 'test' } },
        {
          syscall: 'socket',
          branches: [
            { when: [{ op: 'eq', arg: 0, width: 32, value: 1n }], action: ALLOW, why: 'test' },
            {
              when: [
                { op: 'maskedEq', arg: 1, width: 32, mask: 0xfn, value: 3n },
                { op: 'ne', arg: 2, width: 64, value: 0x10000000fn },
              ],
              action: { kind: 'notify' },
              why: 'test',
            },
          ],
          otherwise: { action: { kind: 'errno', errno: 97 }, why: 'test' },
        },
      ],
      defaultAction: ENOSYS,
    };
    expect(emitKafel(filter)).toBe(
      [
        'ALLOW {',
        '  SYSCALL[0] // read',
        '},',
        '// socket',
        'ALLOW { SYSCALL[41](a0, a1, a2, a3, a4, a5) { (a0 & 0xffffffff) == 1 } },',
        'KILL_PROCESS { SYSCALL[41](a0, a1, a2, a3, a4, a5) { (a1 & 0xf) == 3 && a2 != 0x10000000f } },',
        'ERRNO(97) { SYSCALL[41] }',
        'DEFAULT ERRNO(38)',
        '',
      ].join('\n'),
    );
  });

  test('x32 numbers are listed where the default action would let them run, and only there', () => {
    const open: SeccompFilter = { arch: 'x86_64', entries: [], defaultAction: ALLOW };
    const policy = parseKafel(emitKafel(open));
    const auditArch = AUDIT_ARCH.x86_64;
    const args = [0n, 0n, 0n, 0n, 0n, 0n];
    for (const nr of [0x40000000, 0x40000208, 0x40000223]) {
      expect(evaluateKafel(policy, { auditArch, nr, args })).toEqual(KILL_PROCESS);
    }
    expect(emitKafel({ ...open, arch: 'aarch64' })).toBe('DEFAULT ALLOW\n');
    expect(emitKafel({ ...open, defaultAction: ENOSYS })).toBe('DEFAULT ERRNO(38)\n');
  });

  test('no thread is killed alone, and no text but numbers, names and keywords is written', () => {
    const filter = resolveFilter(filterRequest('default', { deny: ['times'] }));
    const hostile = filter.entries.map((entry) => ({
      ...entry,
      otherwise: { ...entry.otherwise, why: '\n} DEFAULT ALLOW // */' },
    }));
    const text = emitKafel({ ...filter, entries: hostile });
    expect(text).toBe(emitKafel(filter));
    expect(text).not.toMatch(/\bKILL\b|\bDENY\b|#/);
    expect(text).toMatch(/^[\x20-\x7e\n]*\nDEFAULT ERRNO\(38\)\n$/);
  });

  test('refuses what kafel or the kernel would not take', () => {
    const one = (value: bigint): Condition => ({ op: 'ne', arg: 1, width: 64, value });
    const many = Array.from({ length: 191 }, (_, index) => one(BigInt(index)));
    expect(() => emitKafel(withBranch(many))).toThrow(/cannot be written for kafel/);
    expect(emitKafel(withBranch(many.slice(1)))).toContain('a1 != 0xbe');
    const [entry] = withBranch(many.slice(0, 40)).entries;
    const branches = Array.from({ length: 110 }, (_, index) => ({
      when: [one(BigInt(1000 + index)), ...many.slice(0, 40)],
      action: ALLOW,
      why: 'test',
    }));
    const large = { ...withBranch([]), entries: entry ? [{ ...entry, branches }] : [] };
    expect(() => emitKafel(large)).toThrow(/cannot be written for kafel/);
  });

  test('refuses a filter that is not valid', () => {
    const otherwise = { action: ALLOW, why: 'test' };
    const filter: SeccompFilter = {
      arch: 'x86_64',
      entries: [{ syscall: 'no such call', branches: [], otherwise }],
      defaultAction: ENOSYS,
    };
    expect(() => emitKafel(filter)).toThrow(/not valid/);
  });
});
