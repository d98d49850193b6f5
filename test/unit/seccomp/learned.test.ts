import { expect, test } from 'vitest';
import { ALLOW, errnoAction } from '#seccomp/action.ts';
import { equals32 } from '#seccomp/conditions.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';
import { learnCalls, refusedCalls } from '#seccomp/learned.ts';

const held = { action: errnoAction(38), why: 'held', source: 'prologue' } as const;
const open = { action: ALLOW, why: 'needed', source: { file: 'p.yaml', line: 1 } } as const;
const filter: SeccompFilter = {
  arch: 'x86_64',
  defaultAction: errnoAction(38),
  entries: [
    { syscall: 'read', branches: [], otherwise: open },
    { syscall: 'flock', branches: [], otherwise: open },
    { syscall: 'clone3', branches: [], otherwise: held },
    { syscall: 'socket', branches: [{ ...open, when: [equals32(0, 1)] }], otherwise: held },
  ],
};
/** Nobody makes these on purpose, and every program needs them. */
const ALWAYS = ['execve', 'exit', 'exit_group', 'restart_syscall', 'rt_sigreturn'];
const learn = (...names: string[]) =>
  learnCalls(filter, new Set(['read', 'flock', 'socket', ...ALWAYS]), {
    counts: new Map(names.map((name) => [name, 1])),
    unnamed: [999],
    foreignAbi: false,
  });

test('what is missing is added, what was not called is removed, what nobody can lift is only told', () => {
  expect(learn('read', 'splice', 'clone3', 'socket', 'frobnicate')).toEqual({
    add: ['splice'],
    remove: ['flock'],
    held: ['clone3'],
    conditional: ['socket'],
    unknown: ['999', 'frobnicate'],
  });
});

test('calls that the kernel makes for a program are never removed', () => {
  const profile = new Set(['read', ...ALWAYS]);
  const nothing = { counts: new Map(), unnamed: [], foreignAbi: false };
  expect(learnCalls(filter, profile, nothing).remove).toEqual(['read']);
  // A profile that names nothing because its default allows: the rules have to be written now.
  expect(learnCalls(filter, new Set(), nothing).add).toEqual(ALWAYS);
});

test('calls that are refused whatever their arguments are, by errno', () => {
  expect([...refusedCalls(filter)]).toEqual([[38, ['clone3']]]);
});
