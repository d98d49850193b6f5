import { beyondSupervisor } from '#escape/control-judging.ts';
import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const adminRoot: ProbeAttack = {
  kind: 'probe',
  id: 'ks-admin-root',
  category: 'kernel',
  impact: 'D',
  tier: 1,
  title: 'What root of the host may do to it',
  technique:
    'swapon, swapoff and acct with a pointer that leads nowhere, reboot with wrong magic numbers, vhangup without a terminal',
  reference: 'reboot(2), acct(2), swapon(2)',
  expected: 'EPERM or ENOSYS for each',
  probes: (_, { arch }) => [
    ...callsOf(arch, {
      swapon: ['-1', '0'],
      swapoff: ['-1'],
      acct: ['-1'],
      reboot: ['1', '2', '3', '-1'],
    }),
    { name: 'vhangup', argv: ['hangup'] },
  ],
  judge: beyondSupervisor(refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EFAULT', 'EINVAL'] })),
  controls: ['host'],
  backed: () => ['seccomp'],
};
