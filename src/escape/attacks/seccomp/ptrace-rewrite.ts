import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const ptraceRewrite: ProbeAttack = {
  kind: 'probe',
  id: 'sc-ptrace-rewrite',
  category: 'seccomp',
  impact: 'E',
  tier: 2,
  title: 'Rewrite a call after the filter has judged it',
  technique: 'PTRACE_SEIZE of a child of its own, which is all that takes',
  reference: 'Documentation/userspace-api/seccomp_filter.rst',
  expected: 'EPERM or ENOSYS',
  applies: ({ policy }) => (policy.children ? null : 'the policy allows no child that could be traced'),
  probes: () => [{ name: 'trace', argv: ['trace'] }],
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], calls: ['seize'] }),
  controls: ['without:seccomp', 'host'],
  layers: [],
};
