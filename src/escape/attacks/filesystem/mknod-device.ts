import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const mknodDevice: ProbeAttack = {
  kind: 'probe',
  id: 'fs-mknod-device',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'Make device nodes',
  technique: 'mknodat of a character and a block device in a directory of its own in /dev/shm; opens neither',
  reference: 'mknod(2), CAP_MKNOD',
  expected: 'EPERM, or EACCES from Landlock',
  probes: ({ token }) => [{ name: 'devices', argv: ['devices', `.warder-${token}`, '/dev/shm'] }],
  judge: refused({ errnos: ['EPERM', 'EACCES', 'ENOSYS'], calls: ['character', 'block'] }),
  // As root, whose /dev is a tmpfs of this launcher's own.
  controls: ['plain'],
  backed: () => ['seccomp'],
};
