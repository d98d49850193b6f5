import { describeCall, describeEnd, isKill, worst } from '#escape/judging.ts';
import type { Answers, JudgeContext, Judgement, ProbeAnswer, ProbeAttack } from '#escape/types.ts';
import { syscallNumber } from '#internal.ts';

/** __X32_SYSCALL_BIT of asm/unistd.h. */
const X32_BIT = 0x40000000;
const NAMES = ['read', 'socket', 'unshare', 'getpid'];

export const x32: ProbeAttack = {
  kind: 'probe',
  id: 'sc-x32',
  category: 'seccomp',
  impact: 'E',
  tier: 1,
  title: 'The numbers of the x32 interface',
  technique: 'read, socket, unshare and getpid with bit 30 set, which the kernel may take for the same calls',
  reference: 'seccomp(2), x32 ABI',
  expected: 'The filter ends the program; an ENOSYS of the kernel would be luck',
  applies: ({ arch }) => (arch === 'x86_64' ? null : 'this architecture has no such interface'),
  probes: (_, { arch }) =>
    NAMES.map((name) => ({
      name,
      argv: ['sys', name, String(X32_BIT + (syscallNumber(arch, name) ?? 0)), '-1', '0', '0'],
    })),
  judge: judgeX32,
  controls: ['without:seccomp', 'host'],
  layers: [],
};

/** Where nobody looks the kernel answers, if only with ENOSYS: so the control shows that the filter is what ends it. */
function judgeX32(answers: Answers, { place }: JudgeContext): Judgement {
  const judged = answers.map((answer) => judgeOne(answer, place === 'sandbox'));
  return {
    verdict: worst(judged.map(({ verdict }) => verdict)),
    evidence: judged.flatMap(({ evidence }) => evidence),
  };
}

function judgeOne(answer: ProbeAnswer, isSandbox: boolean): Judgement {
  const [call] = answer.calls;
  if (isKill(answer)) return { verdict: 'contained', evidence: [describeEnd(answer) ?? ''] };
  if (call === undefined) return { verdict: 'error', evidence: [describeEnd(answer) ?? 'no answer'] };
  const byLuck = call.errno === 'ENOSYS' && isSandbox;
  return { verdict: byLuck ? 'weak' : 'escaped', evidence: [`${describeCall(call)} from the kernel`] };
}
