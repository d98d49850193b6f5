import { expect, test } from 'vitest';
import { all, contentOf, ifPresent, refused, tokenAbsent, worst } from '#escape/judging.ts';
import type { CallAnswer, JudgeContext, ProbeAnswer } from '#escape/types.ts';

const context = (place: JudgeContext['place'] = 'sandbox') =>
  ({ place, canaries: { token: 'f00d' } }) as unknown as JudgeContext;
const made = (name: string, errno: string | null): CallAnswer => ({ name, errno, value: errno ? '-1' : '0' });
const answer = (calls: CallAnswer[], end: ProbeAnswer['end'] = { kind: 'exited', code: 0 }): ProbeAnswer => ({
  name: 'p',
  calls,
  lines: [],
  end,
});

const judge = refused({ errnos: ['EPERM'], reached: ['EFAULT'] });

test.each([
  ['refused', [answer([made('mount', 'EPERM')])], 'contained', 'mount: EPERM'],
  ['made', [answer([made('mount', null)])], 'escaped', 'mount: succeeded (0)'],
  ['past the check', [answer([made('mount', 'EFAULT')])], 'escaped', 'mount: EFAULT'],
  ['another errno', [answer([made('mount', 'EIO')])], 'error', 'mount: EIO, which was not expected'],
  [
    'one of two made',
    [answer([made('a', 'EPERM')]), answer([made('b', null)])],
    'escaped',
    'b: succeeded (0)',
  ],
  ['killed', [answer([], { kind: 'signaled', signal: 'SIGSYS' })], 'contained', 'p: ended by SIGSYS'],
  [
    'denied',
    [answer([], { kind: 'denied', syscall: 'mount', abi: 'x86_64' })],
    'contained',
    'p: the filter ended the run at mount (x86_64)',
  ],
  ['crashed', [answer([], { kind: 'signaled', signal: 'SIGSEGV' })], 'error', 'p: ended by SIGSEGV'],
  ['a failed probe', [answer([], { kind: 'exited', code: 127 })], 'error', 'p: exited with 127'],
  ['no call', [answer([])], 'error', 'the probe made no such call'],
] as const)('%s', (_, answers, verdict, line) => {
  const judgement = judge(answers, context());
  expect(judgement.verdict).toBe(verdict);
  expect(judgement.evidence).toContain(line);
});

test('what decides is said first', () => {
  const calls = [made('a', 'EPERM'), made('b', 'EIO'), made('c', 'EPERM'), made('d', null)];
  expect(judge([answer(calls)], context()).evidence).toEqual([
    'd: succeeded (0)',
    'b: EIO, which was not expected',
    'a: EPERM',
    'c: EPERM',
  ]);
  const both = all(refused({ errnos: ['EPERM'], calls: ['a'] }), refused({ errnos: [], calls: ['d'] }));
  expect(both([answer(calls)], context()).evidence).toEqual(['d: succeeded (0)', 'a: EPERM']);
});

test('only the named calls are judged, and they must be there', () => {
  const named = refused({ errnos: ['EPERM'], calls: ['mount'] });
  expect(named([answer([made('open', null), made('mount', 'EPERM')])], context()).verdict).toBe('contained');
  expect(named([answer([made('open', null)])], context()).verdict).toBe('error');
});

test('a token is found across two lines of output', () => {
  const leak: ProbeAnswer = {
    ...answer([]),
    lines: [
      { key: 'data', text: 'xxf0' },
      { key: 'data', text: '0dxx' },
    ],
  };
  expect(contentOf(leak)).toBe('xxf00dxx');
  expect(tokenAbsent([leak], context()).verdict).toBe('escaped');
  expect(tokenAbsent([answer([])], context()).verdict).toBe('contained');
});

test('what the host does not have either is not applicable, but only by a control', () => {
  const optional = ifPresent(refused({ errnos: ['ENOENT'] }));
  const missing = [answer([made('/proc/kcore', 'ENOENT')])];
  expect(optional(missing, context()).verdict).toBe('contained');
  expect(optional(missing, context('host')).verdict).toBe('not-applicable');
  expect(optional([answer([made('/proc/kcore', null)])], context('host')).verdict).toBe('escaped');
  expect(optional([answer([])], context('host')).verdict).toBe('error');
});

test('an escape outweighs a failure, and that what was contained', () => {
  expect(worst(['contained', 'error', 'escaped'])).toBe('escaped');
  expect(worst(['contained', 'error'])).toBe('error');
  expect(worst(['not-applicable', 'contained'])).toBe('contained');
  expect(worst([])).toBe('error');
});
