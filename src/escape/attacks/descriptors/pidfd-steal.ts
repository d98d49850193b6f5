import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const pidfdSteal: ProbeAttack = {
  kind: 'probe',
  id: 'fd-pidfd-steal',
  category: 'descriptors',
  impact: 'E',
  tier: 1,
  title: 'Descriptors of other processes',
  technique:
    'pidfd_getfd of a descriptor that does not exist, of process 1, of the parent and of a child: EBADF comes behind the check',
  reference: 'CVE-2026-46333; pidfd_getfd(2)',
  expected: 'EPERM or ENOSYS for each, even for the own child',
  probes: () => [{ name: 'steal', argv: ['steal'] }],
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EBADF'] }),
  // On the host where the policy allows no child, which is what a jail without the filter could be tried on.
  controls: ['without:seccomp', 'host'],
};
