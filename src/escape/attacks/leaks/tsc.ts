import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const tsc: ProbeAttack = {
  kind: 'probe',
  id: 'leak-tsc',
  category: 'leaks',
  impact: 'H',
  tier: 1,
  title: 'Switch the time stamp counter',
  technique: 'PR_SET_TSC, with which a program takes or regains the counter that attacks on timing use',
  reference: 'PR_SET_TSC(2const); disable_tsc of nsjail',
  expected: 'EPERM from the filter. The counter itself is not taken away: timing is not promised',
  applies: ({ arch }) => (arch === 'x86_64' ? null : 'PR_SET_TSC is of x86 alone'),
  probes: () => [{ name: 'clock', argv: ['clock'] }],
  judge: refused({ errnos: ['EPERM'], calls: ['PR_SET_TSC'] }),
  controls: ['without:seccomp', 'host'],
};
