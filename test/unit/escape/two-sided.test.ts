/** What turns answers and a control into a finding: contained only where the control shows that it need not have been. */
import { describe, expect, test } from 'vitest';
import { beyondSupervisor, inSandbox, promisedByNarrow } from '#escape/control-judging.ts';
import { twoSided, twoSidedAt, withControl } from '#escape/two-sided.ts';
import type { Answers, AttackContext, Facts, JudgeContext, Judgement } from '#escape/types.ts';

const facts = { arch: 'x86_64', uid: 0, policy: { seccompProfile: 'default' } } as unknown as Facts;
const context = { facts, canaries: {} } as unknown as AttackContext;
const at = (place: JudgeContext['place']): JudgeContext => ({ ...context, place });

const answer = (errno: string | null): Answers => [
  { name: 'call', calls: [{ name: 'call', errno, value: '0' }], lines: [], end: { kind: 'exited', code: 0 } },
];
/** EPERM is refused, success is an escape, everything else an error. */
const judge = (answers: Answers): Judgement => {
  const errno = answers[0]?.calls[0]?.errno ?? null;
  return {
    verdict: errno === null ? 'escaped' : errno === 'EPERM' ? 'contained' : 'error',
    evidence: [errno ?? 'succeeded'],
  };
};

describe('twoSided', () => {
  test.each([
    ['EPERM', null, 'contained'],
    ['EPERM', 'EPERM', 'not-tested'],
    ['EPERM', 'EIO', 'not-tested'],
    [null, 'EPERM', 'escaped'],
    ['EIO', null, 'error'],
  ])('inside %s, control %s: %s', (inside, control, verdict) => {
    const finding = twoSided(context, judge, answer(inside), { place: 'there', answers: answer(control) });
    expect(finding).toMatchObject({ verdict, control: { place: 'there', fired: control === null } });
  });

  test.each<[string, Answers[number]['end']]>([
    ['crashed', { kind: 'signaled', signal: 'SIGSEGV' }],
    ['failed', { kind: 'exited', code: 74 }],
  ])('a probe that %s after its answer is an error', (_, end) => {
    const broken = answer('EPERM').map((one) => ({ ...one, end }));
    const finding = twoSided(context, judge, broken, { place: 'there', answers: answer(null) });
    expect(finding.verdict).toBe('error');
  });

  test('the place of a control that did not fire is evidence', () => {
    const control = { place: 'there', fired: false, evidence: [] };
    const finding = withControl({ verdict: 'contained', evidence: ['EPERM'] }, control);
    expect(finding.evidence).toEqual(['EPERM', 'the control did not fire: there']);
  });

  test('the next place is asked only when the one before did not fire', async () => {
    const asked: string[] = [];
    const places = ['a', 'b', 'c'] as const;
    const finding = await twoSidedAt(context, judge, answer('EPERM'), places, async (place) => {
      asked.push(place);
      return answer(place === 'b' ? null : 'EPERM');
    });
    expect(asked).toEqual(['a', 'b']);
    expect(finding).toMatchObject({ verdict: 'contained', control: { place: 'b', fired: true } });
  });
});

describe('beyondSupervisor', () => {
  const guarded = beyondSupervisor(judge);

  test('what the host refuses to the supervisor is not applicable, with the answer', () => {
    expect(guarded(answer('EPERM'), at('host'))).toMatchObject({ verdict: 'not-applicable' });
    expect(guarded(answer('EPERM'), at('host')).evidence).toContain('EPERM');
  });

  test.each([
    [null, 'host', 'escaped'],
    ['EIO', 'host', 'error'],
    ['EPERM', 'sandbox', 'contained'],
    ['EPERM', 'without:seccomp', 'contained'],
  ] as const)('%s at %s stays %s', (errno, place, verdict) => {
    expect(guarded(answer(errno), at(place)).verdict).toBe(verdict);
  });
});

test('inSandbox takes the first judge for the target and the second one everywhere else', () => {
  const never = (): Judgement => ({ verdict: 'weak', evidence: [] });
  expect(inSandbox(judge, never)(answer('EPERM'), at('sandbox')).verdict).toBe('contained');
  expect(inSandbox(judge, never)(answer('EPERM'), at('host')).verdict).toBe('weak');
});

test.each([
  ['default', false],
  ['/etc/own.yaml', false],
  ['strict', true],
  ['paranoid', true],
])('profile %s: promised %s', (seccompProfile, isPromised) => {
  const reason = promisedByNarrow('file locks')({ ...facts, policy: { ...facts.policy, seccompProfile } });
  expect(reason === null).toBe(isPromised);
  if (reason !== null) expect(reason).toContain(seccompProfile);
});
