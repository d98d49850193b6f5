import { describeCall, describeEnd, isKill, worst } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAnswer, ProbeAttack } from '#escape/types.ts';

/** Numbers of the 32-bit table (arch/x86/entry/syscalls/syscall_32.tbl); arguments that lead nowhere. */
const CALLS = [
  ['getpid', '20'],
  ['socket', '359', '2', '1', '0'],
  ['socketcall', '102', '1', '1'],
  ['mount', '21', '1', '1', '1'],
] as const;

export const int80: ProbeAttack = {
  kind: 'probe',
  id: 'sc-int80',
  category: 'seccomp',
  impact: 'E',
  tier: 1,
  title: 'The entry of 32-bit programs',
  technique:
    'int 0x80 with getpid, socket, socketcall and mount, whose numbers mean other calls to a filter that looks at numbers alone',
  reference: 'seccomp(2), checking the architecture first',
  expected: 'The filter ends the program; ENOSYS where it answers',
  applies: ({ arch }) => (arch === 'x86_64' ? null : 'this architecture has no such entry'),
  probes: () => CALLS.map(([name, ...words]) => ({ name, argv: ['int80', name, ...words] })),
  judge: judgeForeign,
  controls: ['without:seccomp', 'host'],
  ends: ['SIGSEGV'],
  layers: [],
};

function judgeForeign(answers: Answers): Judgement {
  const judged = answers.map(judgeOne);
  const verdicts = judged.map(({ verdict }) => verdict);
  const evidence = judged.flatMap((one) => one.evidence);
  // The entry is there for all calls or for none.
  const isMixed = verdicts.includes('contained') && verdicts.includes('not-applicable');
  return { verdict: isMixed ? 'error' : worst(verdicts), evidence };
}

function judgeOne(answer: ProbeAnswer): Judgement {
  const [call] = answer.calls;
  if (isKill(answer)) return { verdict: 'contained', evidence: [describeEnd(answer) ?? ''] };
  // Without ia32 emulation the processor faults (ia32_emulation= of the kernel's command line).
  if (answer.end.kind === 'signaled' && answer.end.signal === 'SIGSEGV')
    return { verdict: 'not-applicable', evidence: [`${answer.name}: the kernel has no such entry`] };
  if (call === undefined) return { verdict: 'error', evidence: [describeEnd(answer) ?? 'no answer'] };
  return { verdict: call.errno === 'ENOSYS' ? 'contained' : 'escaped', evidence: [describeCall(call)] };
}
