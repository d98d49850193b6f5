import { expect, test } from 'vitest';
import { endOfRun, errnoName, readAnswers } from '#escape/answers.ts';

const call = (name: string) => ({ name, argv: ['x'] });

test('calls, lines and the end of each item', () => {
  const output = [
    'begin 0',
    'call unshare 1 -1',
    'data a\\x0ab\\x5c',
    'end 0 exited 0',
    'begin 1',
    'call name with blanks 0 17',
    'end 1 signaled 31',
    'begin 2',
    'end 2 timeout 3',
    '',
  ].join('\n');
  expect(readAnswers([call('a'), call('b'), call('c')], output, null)).toEqual([
    {
      name: 'a',
      calls: [{ name: 'unshare', errno: 'EPERM', value: '-1' }],
      lines: [{ key: 'data', text: 'a\nb\\' }],
      end: { kind: 'exited', code: 0 },
    },
    {
      name: 'b',
      calls: [{ name: 'name with blanks', errno: null, value: '17' }],
      lines: [],
      end: { kind: 'signaled', signal: 'SIGSYS' },
    },
    { name: 'c', calls: [], lines: [], end: { kind: 'timeout' } },
  ]);
});

test('the item under way has the end of the run, and those behind it have no answer', () => {
  const whole = { kind: 'denied', syscall: 'mount', abi: 'x86_64' } as const;
  const answers = readAnswers([call('a'), call('b'), call('c')], 'begin 0\nend 0 exited 0\nbegin 1\n', whole);
  expect(answers.map(({ name, end }) => [name, end.kind])).toEqual([
    ['a', 'exited'],
    ['b', 'denied'],
  ]);
});

test('an end that nobody reported is no end that was reached', () => {
  const [answer] = readAnswers([call('a')], 'begin 0\ncall x 1 -1\n', null);
  expect(answer?.end).toEqual({ kind: 'ended', outcome: 'no end was reported' });
});

test('a probe that starts the probe again: its items belong to the outer one, whose end is the last', () => {
  const output =
    'begin 0\nend 0 exited 0\nbegin 1\ncall execve 13 -1\nbegin 0\neuid 0\nend 0 exited 0\nend 1 exited 7\n';
  const [, answer] = readAnswers([call('a'), call('b')], output, null);
  expect(answer?.lines).toEqual([{ key: 'euid', text: '0' }]);
  expect(answer?.end).toEqual({ kind: 'exited', code: 7 });
});

test('an item that could not be forked has not run', () => {
  const [answer] = readAnswers([call('a')], 'begin 0\ncall fork 11 -1\nend 0 unforked 11\n', null);
  expect(answer?.end).toEqual({ kind: 'ended', outcome: 'the probe could not fork: EAGAIN' });
  expect(answer?.calls).toEqual([]);
});

test.each([
  [1, 'EPERM'],
  [11, 'EAGAIN'],
  [38, 'ENOSYS'],
  [94, 'ESOCKTNOSUPPORT'],
  [95, 'EOPNOTSUPP'],
  [97, 'EAFNOSUPPORT'],
  [126, 'ENOKEY'],
  [4000, 'errno 4000'],
])('errno %i is %s', (number, name) => {
  expect(errnoName(number)).toBe(name);
});

test('what the end of a run means for the probe in it', () => {
  expect(endOfRun({ outcome: { kind: 'exited', exitCode: 0 } })).toBeNull();
  expect(endOfRun({ outcome: { kind: 'exited', exitCode: 3 } })).toEqual({ kind: 'exited', code: 3 });
  expect(endOfRun({ outcome: { kind: 'limit', limit: 'memory' } })).toEqual({
    kind: 'ended',
    outcome: 'limit memory',
  });
  expect(endOfRun({ outcome: { kind: 'denied', by: 'seccomp', syscall: 'mount', abi: 'x86_64' } })).toEqual({
    kind: 'denied',
    syscall: 'mount',
    abi: 'x86_64',
  });
});
