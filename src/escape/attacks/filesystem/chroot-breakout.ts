import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const chrootBreakout: ProbeAttack = {
  kind: 'probe',
  id: 'fs-chroot-breakout',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'Break out of a root of its own',
  technique: 'chroot into a directory below the working directory, fchdir out of it, then ..',
  reference: 'chroot(2)',
  expected: 'chroot: EPERM or ENOSYS',
  probes: ({ file }) => [{ name: 'chroot', argv: ['chroot', file.slice(1)] }],
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], calls: ['chroot'] }),
  controls: ['privileged', 'host'],
  backed: () => ['seccomp'],
};
