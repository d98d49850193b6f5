import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const prlimit: ProbeAttack = {
  kind: 'probe',
  id: 'pr-prlimit',
  category: 'processes',
  impact: 'I',
  tier: 1,
  title: 'Limits of other processes',
  technique:
    'prlimit64 on process 1 and on the parent, with a limit that cannot be: EINVAL comes behind the check',
  reference: 'DMOJ: handle_prlimit; prlimit(2)',
  expected: 'EPERM for each',
  probes: () => [{ name: 'limits', argv: ['limits'] }],
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EINVAL'] }),
  controls: ['without:seccomp'],
};
