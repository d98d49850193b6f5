import { describe, expect, test } from 'vitest';
import { composeEntry } from '#seccomp/compose.ts';
import { evaluateFilter } from '#seccomp/evaluate.ts';
import { type Action, ARCHES, type SyscallEntry } from '#seccomp/ir.ts';
import { resolveProfile } from '#seccomp/profile.ts';
import { prologueEntries } from '#seccomp/prologue.ts';
import { AUDIT_ARCH, isSyscallName, syscallNumber } from '#seccomp/syscalls.ts';
import { filterIssues } from '#seccomp/validate.ts';
import { shippedProfile } from '../../helpers/filters.ts';
import { edgeArguments } from './calls.ts';

const networks = ['none', 'loopback'] as const;

describe.each(networks)('the prologue with network %s', (network) => {
  const entries = prologueEntries(network);

  test('names each call once, and only calls that exist', () => {
    const names = entries.map(({ syscall }) => syscall);
    expect(names.filter((name) => !isSyscallName(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('is valid on each architecture', () => {
    for (const arch of ARCHES) {
      const present = entries.filter(({ syscall }) => syscallNumber(arch, syscall) !== undefined);
      expect(filterIssues({ arch, entries: present, defaultAction: { kind: 'errno', errno: 38 } })).toEqual(
        [],
      );
    }
  });

  test('gives a reason for every rule', () => {
    const verdicts = entries.flatMap(({ branches, otherwise }) => [...branches, otherwise]);
    expect(verdicts.filter(({ why }) => why.length < 8)).toEqual([]);
  });

  test('only refuses with an errno, so that it works without a listener', () => {
    const kinds = entries.flatMap(({ branches, otherwise }) =>
      [...branches, otherwise].map(({ action }) => action.kind),
    );
    expect(new Set(kinds)).toEqual(new Set(['allow', 'errno']));
  });

  test('can only take away: what it refuses stays refused under any profile', () => {
    const bodies: Action[] = [{ kind: 'allow' }, { kind: 'errno', errno: 38 }, { kind: 'killProcess' }];
    for (const guard of entries.filter(({ syscall }) => syscallNumber('x86_64', syscall) !== undefined)) {
      for (const action of bodies) checkComposition(guard, action);
    }
  });
});

function checkComposition(guard: SyscallEntry, action: Action): void {
  const defaultAction = { kind: 'trap' } as const;
  const composed = composeEntry(guard, { branches: [], otherwise: { action, why: 'body' } });
  const nr = syscallNumber('x86_64', guard.syscall) ?? -1;
  for (const args of edgeArguments(guard, 300)) {
    const call = { auditArch: AUDIT_ARCH.x86_64, nr, args };
    const alone = evaluateFilter({ arch: 'x86_64', entries: [guard], defaultAction }, call);
    const both = evaluateFilter({ arch: 'x86_64', entries: [composed], defaultAction }, call);
    expect(both).toEqual(alone.kind === 'allow' ? action : alone);
  }
}

describe('composeEntry', () => {
  test("keeps a body's branches below the guard's conditions", () => {
    const allow = { action: { kind: 'allow' }, why: 'guard' } as const;
    const isOne = { op: 'eq', arg: 0, width: 32, value: 1n } as const;
    const isTwo = { op: 'eq', arg: 1, width: 32, value: 2n } as const;
    const refused = { action: { kind: 'errno', errno: 1 }, why: 'guard' } as const;
    const body = {
      branches: [{ when: [isTwo], action: { kind: 'log' }, why: 'body' } as const],
      otherwise: refused,
    };
    const narrow = composeEntry(
      { syscall: 'read', branches: [{ when: [isOne], ...allow }], otherwise: refused },
      body,
    );
    expect(narrow.branches.map(({ when, action }) => [when, action.kind])).toEqual([
      [[isOne, isTwo], 'log'],
      [[isOne], 'errno'],
    ]);
    const wide = composeEntry(
      { syscall: 'read', branches: [{ when: [isOne], ...refused }], otherwise: allow },
      body,
    );
    expect(wide.branches.map(({ when }) => when)).toEqual([[isOne], [isTwo]]);
    expect(wide.otherwise).toEqual(refused);
  });
});

describe('the default profile', () => {
  test('lists no call that the prologue refuses outright, and every call that it guards', () => {
    const { calls } = resolveProfile(shippedProfile('default').documents, { arch: 'x86_64' });
    for (const { syscall, branches, otherwise } of prologueEntries('loopback')) {
      const mayPass = [...branches, otherwise].some(({ action }) => action.kind === 'allow');
      expect([syscall, calls.has(syscall)]).toEqual([syscall, mayPass]);
    }
  });
});
