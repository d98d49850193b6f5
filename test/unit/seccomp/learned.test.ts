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
const learn = (...names: string[]) =>
  learnCalls(filter, new Set(['read', 'flock', 'socket']), {
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
  const profile = new Set(['read', 'rt_sigreturn', 'exit', 'restart_syscall', 'exit_group', 'execve']);
  const { remove } = learnCalls(filter, profile, { counts: new Map(), unnamed: [], foreignAbi: false });
  expect(remove).toEqual(['read']);
});

test('calls that are refused whatever their arguments are, by errno', () => {
  expect([...refusedCalls(filter)]).toEqual([[38, ['clone3']]]);
});
