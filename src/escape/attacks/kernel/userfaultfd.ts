import { all, only, refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** UFFD_USER_MODE_ONLY of linux/userfaultfd.h: what a process without rights may ask for. */
const USER_MODE_ONLY = '1';

export const userfaultfd: ProbeAttack = {
  kind: 'probe',
  id: 'ks-userfaultfd',
  category: 'kernel',
  impact: 'E',
  tier: 1,
  title: 'Page faults handled by the program',
  technique: 'userfaultfd(2) for user mode, and /dev/userfaultfd',
  reference: 'userfaultfd(2); holds kernel races open, as for CVE-2016-6187',
  expected: 'EPERM or ENOSYS for the call, ENOENT for the device',
  probes: (_, { arch }) => [
    ...callsOf(arch, { userfaultfd: [USER_MODE_ONLY] }),
    { name: 'device', argv: ['open', 'w', '/dev/userfaultfd'] },
  ],
  judge: all(
    only(['userfaultfd'], refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EINVAL'] })),
    only(['device'], refused({ errnos: ['ENOENT', 'EACCES', 'EPERM'] })),
  ),
  controls: ['without:seccomp'],
};
