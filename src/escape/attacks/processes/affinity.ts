import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const affinity: ProbeAttack = {
  kind: 'probe',
  id: 'pr-affinity',
  category: 'processes',
  impact: 'D',
  tier: 1,
  title: 'Scheduling of other processes',
  technique:
    'processors and scheduler of process 1 and of the parent, from a pointer that leads nowhere, and their priority, set to what it is. The own processors may be chosen: what holds is the quota of the group (resources)',
  reference: 'sched_setaffinity(2); process 1 has the uid of the program',
  expected: 'EPERM for each',
  probes: ({ namespaces }) => [{ name: 'disturb', argv: ['disturb', namespaces['pid'] ?? ''] }],
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EFAULT'] }),
  controls: ['without:seccomp'],
};
