/** Judges of attacks that look for a layer, not for what it keeps away: tables of answers. */
import { describe, expect, test } from 'vitest';
import { listenerReached } from '#escape/attacks/network/listener-reached.ts';
import { masks } from '#escape/attacks/proc/masks.ts';
import { session } from '#escape/attacks/terminal/session.ts';
import type { AnswerEnd, Answers, CallAnswer, JudgeContext, ProbeAnswer } from '#escape/types.ts';

const DONE: AnswerEnd = { kind: 'exited', code: 0 };
const DENIED: AnswerEnd = { kind: 'denied', syscall: 'getsid', abi: 'x86_64' };
/** None of these judges asks where it is. */
const CONTEXT = { place: 'sandbox' } as JudgeContext;

const call = (errno: string | null, value = '0', name = 'call'): CallAnswer => ({ name, errno, value });

function answer(
  name: string,
  calls: readonly CallAnswer[],
  dev?: string,
  end: AnswerEnd = DONE,
): ProbeAnswer {
  return { name, calls, lines: dev === undefined ? [] : [{ key: 'dev', text: dev }], end };
}

describe('masks of /proc', () => {
  const proc = answer('/proc', [call(null)], '7');
  test.each<[string, Answers, string]>([
    ['another device in its place', [proc, answer('/proc/keys', [call(null)], '5')], 'contained'],
    ['a file that this kernel does not have', [proc, answer('/proc/keys', [call('ENOENT')])], 'contained'],
    ["the kernel's own file", [proc, answer('/proc/keys', [call(null)], '7')], 'escaped'],
    [
      "the kernel's own among others",
      [proc, answer('/proc/cmdline', [call(null)], '5'), answer('/proc/keys', [call(null)], '7')],
      'escaped',
    ],
    ['no answer for one', [proc, answer('/proc/keys', [])], 'error'],
    [
      'nothing about /proc',
      [answer('/proc', [call('EACCES')]), answer('/proc/keys', [call(null)], '5')],
      'error',
    ],
    ['nothing to compare', [proc], 'error'],
  ])('%s', (_, answers, verdict) => {
    const judged = masks.judge(answers, CONTEXT);
    expect(judged.verdict).toBe(verdict);
  });
});

describe('sessions', () => {
  const sessions = (first: string, own: string): Answers => [
    answer('process 1', [call(null, first)]),
    answer('program', [call(null, own)]),
  ];
  test.each<[string, Answers, string]>([
    ['one each, inside', sessions('1', '2'), 'contained'],
    ['that of process 1 began outside', sessions('0', '2'), 'escaped'],
    ['that of the program began outside', sessions('1', '0'), 'escaped'],
    ['one for both', sessions('1', '1'), 'escaped'],
    [
      'ended by the filter',
      [answer('process 1', [], undefined, DENIED), answer('program', [], undefined, DENIED)],
      'contained',
    ],
    [
      'refused, which nobody expects',
      [answer('process 1', [call('EPERM')]), answer('program', [call(null, '2')])],
      'error',
    ],
    ['half an answer', [answer('process 1', [call(null, '1')])], 'error'],
  ])('%s', (_, answers, verdict) => {
    const judged = session.judge(answers, CONTEXT);
    expect([judged.verdict, judged.evidence.length > 0]).toEqual([verdict, true]);
  });
});

describe('a listener of the host', () => {
  const socket = call(null, '3', 'socket');
  test.each<[string, readonly CallAnswer[], string]>([
    ['no socket', [call('EAFNOSUPPORT', '-1', 'socket')], 'contained'],
    ['a socket, and Landlock', [socket, call('EACCES', '-1', 'connect')], 'contained'],
    ['a socket, and nobody there', [socket, call('ECONNREFUSED', '-1', 'connect')], 'contained'],
    ['a connection', [socket, call(null, '0', 'connect')], 'escaped'],
    ['a socket without an attempt', [socket], 'escaped'],
    ['an answer that nobody expects', [socket, call('EIO', '-1', 'connect')], 'error'],
  ])('%s', (_, calls, verdict) => {
    expect(listenerReached.judge([answer('tcp', calls)], CONTEXT).verdict).toBe(verdict);
  });
});
