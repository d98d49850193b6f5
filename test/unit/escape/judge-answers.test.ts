import { expect, test } from 'vitest';
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
