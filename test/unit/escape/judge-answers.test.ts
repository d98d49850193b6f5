import { describe, expect, test } from 'vitest';
import { judgeAnswers } from '#escape/judge-answers.ts';
import { refused } from '#escape/judging.ts';
import type { JudgeContext, ProbeAnswer, ProbeAttack } from '#escape/types.ts';

const attack = { judge: refused({ errnos: ['EPERM'] }) } as unknown as ProbeAttack;
const at = (place: JudgeContext['place']) => ({ place }) as unknown as JudgeContext;
const answer = (name: string, errno: string | null): ProbeAnswer => ({
  name,
  calls: [{ name, errno, value: '0' }],
  lines: [],
  end: { kind: 'exited', code: 0 },
});

test('without all answers nothing is judged', () => {
  expect(judgeAnswers(attack, 2, [answer('a', 'EPERM')], at('sandbox'))).toEqual({
    verdict: 'error',
    evidence: ['1 of 2 probe calls were answered'],
  });
  expect(judgeAnswers(attack, 0, [], at('sandbox')).verdict).toBe('error');
});

test('a judge that fails is an error', () => {
  const broken = {
    judge: () => {
      throw new RangeError('broken');
    },
  } as unknown as ProbeAttack;
  expect(judgeAnswers(broken, 1, [answer('a', null)], at('sandbox'))).toEqual({
    verdict: 'error',
    evidence: ['the judge failed: broken'],
  });
});

test('a control says for how many calls it vouches, where that is not all', () => {
  const some = [answer('a', 'EPERM'), answer('b', null), answer('c', null)];
  expect(judgeAnswers(attack, 3, some, at('host')).evidence).toContain('succeeded for 2 of 3 probe calls');
  expect(judgeAnswers(attack, 3, some, at('sandbox')).evidence).toHaveLength(3);
  expect(judgeAnswers(attack, 1, [answer('b', null)], at('host')).evidence).toEqual(['b: succeeded (0)']);
});

describe('a probe that broke off', () => {
  const sound = answer('a', 'EPERM');
  const ended = (end: ProbeAnswer['end']): ProbeAnswer => ({ ...answer('b', 'EPERM'), end });
  const silent: ProbeAnswer = {
    name: 'b',
    calls: [],
    lines: [],
    end: { kind: 'exited', code: 0 },
  };
  /** As attacks do that look for something in what was read. */
  const lenient = (verdict: 'contained' | 'weak' | 'not-applicable') =>
    ({ judge: () => ({ verdict, evidence: ['looks well'] }) }) as unknown as ProbeAttack;

  test.each<[string, ProbeAnswer, string]>([
    ['crashed', ended({ kind: 'signaled', signal: 'SIGSEGV' }), 'b: ended by SIGSEGV'],
    ['was killed', ended({ kind: 'signaled', signal: 'SIGKILL' }), 'b: ended by SIGKILL'],
    ['did not end', ended({ kind: 'timeout' }), 'b: no end'],
    ['failed', ended({ kind: 'exited', code: 74 }), 'b: exited with 74'],
    ['met a limit', ended({ kind: 'ended', outcome: 'limit stdout' }), 'b: limit stdout'],
    ['said nothing', silent, 'b: said nothing'],
  ])('and %s shows that nothing held, whatever the judge says', (_, broken, line) => {
    for (const verdict of ['contained', 'weak', 'not-applicable'] as const)
      expect(judgeAnswers(lenient(verdict), 2, [sound, broken], at('sandbox'))).toEqual({
        verdict: 'error',
        evidence: ['looks well', line],
      });
    expect(judgeAnswers(lenient('not-applicable'), 2, [sound, broken], at('host')).verdict).toBe('error');
  });

  test('what it got out before is out', () => {
    const open = { ...answer('b', null), end: { kind: 'signaled', signal: 'SIGSEGV' } } as const;
    expect(judgeAnswers(attack, 2, [sound, open], at('sandbox')).verdict).toBe('escaped');
  });

  test.each<[string, ProbeAnswer['end']]>([
    ["the filter's record", { kind: 'denied', syscall: 'mount', abi: 'x86_64' }],
    ["the kernel's kill", { kind: 'signaled', signal: 'SIGSYS' }],
  ])('is no such thing after %s', (_, end) => {
    expect(judgeAnswers(attack, 1, [{ ...silent, end }], at('sandbox')).verdict).toBe('contained');
  });

  test('may end by a signal that its attack names', () => {
    const named = { ...lenient('not-applicable'), ends: ['SIGSEGV'] } as const;
    const crashed = ended({ kind: 'signaled', signal: 'SIGSEGV' });
    expect(judgeAnswers(named, 1, [crashed], at('sandbox')).verdict).toBe('not-applicable');
    const aborted = ended({ kind: 'signaled', signal: 'SIGABRT' });
    expect(judgeAnswers(named, 1, [aborted], at('sandbox')).verdict).toBe('error');
  });
});
