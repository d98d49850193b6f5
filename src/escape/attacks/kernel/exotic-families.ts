import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** AF_MAX of linux/socket.h is 46; a few more, for kernels to come. */
const LAST_FAMILY = '63';

export const exoticFamilies: ProbeAttack = {
  kind: 'probe',
  id: 'ks-exotic-families',
  category: 'kernel',
  impact: 'E',
  tier: 2,
  title: 'Every other socket family',
  technique: 'socket() with each family and a type that does not exist, with and without high bits',
  reference: 'moby/profiles: an allow-list by equality, since each family is kernel code of its own',
  expected:
    'EAFNOSUPPORT for each from the filter, EPROTONOSUPPORT for a family of which it lets some types through; EINVAL would be the kernel',
  probes: () => [
    { name: 'families', argv: ['families', '0', LAST_FAMILY] },
    { name: 'with high bits', argv: ['families', '0', LAST_FAMILY, '1'] },
  ],
  judge: refused({ errnos: ['EAFNOSUPPORT', 'EPROTONOSUPPORT'], reached: ['EINVAL'] }),
  controls: ['without:seccomp'],
};
