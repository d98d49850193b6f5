import { describe, expect, test } from 'vitest';
import { overridesFromAssignments } from '#policy/assignments.ts';

describe('values', () => {
  test.each([
    [
      ['limits.memory=1GiB', 'network.mode=loopback'],
      { limits: { memory: '1GiB' }, network: { mode: 'loopback' } },
    ],
    [['limits.pids=5', 'limits.pids=6'], { limits: { pids: 6 } }],
    [['limits.swap=0', ' limits.cpu =0.5'], { limits: { swap: 0, cpu: 0.5 } }],
    [['limits.tmp={ size: 1MiB }'], { limits: { tmp: { size: '1MiB' } } }],
    [
      ['seccomp.+allow=[ptrace, mount]', 'devices=[null]'],
      { seccomp: { '+allow': ['ptrace', 'mount'] }, devices: [null] },
    ],
    [
      ['environment.A=1', 'environment.B=a=b', 'environment.C='],
      { environment: { A: '1', B: 'a=b', C: '' } },
    ],
    [[], {}],
  ])('%j', (assignments, value) =>
    expect(overridesFromAssignments(assignments)).toEqual({ ok: true, value }),
  );
});

describe('refused', () => {
  test.each([
    ['limits.memroy=1GiB', { path: 'limits.memroy', message: 'unknown key `memroy`', suggestion: 'memory' }],
    ['memory=1GiB', { path: 'memory', message: 'unknown key `memory`', suggestion: 'limits.memory' }],
    ['ceilings.wall=1h', { path: 'ceilings', message: 'unknown key `ceilings`' }],
    ['__proto__.x=1', { path: '__proto__', message: 'unknown key `__proto__`' }],
    ['nonsense', { path: '', message: 'expected PATH=VALUE, got `nonsense`' }],
    ['=1', { path: '', message: 'expected PATH=VALUE, got `=1`' }],
    ['limits.memory=', { path: 'limits.memory', message: '`` is not a YAML value' }],
    ['devices=[a', { path: 'devices', message: '`[a` is not a YAML value' }],
    ['devices=*a', { path: 'devices', message: '`*a` is not a YAML value' }],
    [
      'limits.wall=5',
      expect.objectContaining({ path: 'limits.wall', message: expect.stringMatching(/^5 has no unit/) }),
    ],
  ])('%s', (assignment, issue) =>
    expect(overridesFromAssignments([assignment])).toEqual({ ok: false, issues: [issue] }),
  );

  test('all at once', () => {
    const result = overridesFromAssignments(['x', 'limits.memory=[']);
    expect(result.ok ? [] : result.issues).toHaveLength(2);
  });
  test('a field below one that was set as a whole', () => {
    expect(overridesFromAssignments(['limits.stdout=1MiB', 'limits.stdout.onExceed=kill'])).toEqual({
      ok: false,
      issues: [{ path: 'limits.stdout.onExceed', message: 'a part of it was set as a whole before' }],
    });
  });
});
