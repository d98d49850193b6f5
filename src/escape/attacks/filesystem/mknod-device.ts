import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

const AT_FDCWD = '-100';
/** S_IFCHR and S_IFBLK with mode 0600. */
const CHARACTER = '0x2180';
const BLOCK = '0x6180';
/** 1:3 is /dev/null, 7:0 a loop device; nothing is opened. */
const NULL_DEVICE = '0x103';
const LOOP_DEVICE = '0x700';

export const mknodDevice: ProbeAttack = {
  kind: 'probe',
  id: 'fs-mknod-device',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'Make device nodes',
  technique: 'mknodat of a character and a block device in /dev/shm and /tmp',
  reference: 'mknod(2), CAP_MKNOD',
  expected: 'EPERM, or EACCES from Landlock',
  probes: (_, { arch }) => [
    {
      name: 'character',
      argv: call(arch, 'mknodat', AT_FDCWD, 's:/dev/shm/.warder-c', CHARACTER, NULL_DEVICE),
    },
    { name: 'block', argv: call(arch, 'mknodat', AT_FDCWD, 's:/dev/shm/.warder-b', BLOCK, LOOP_DEVICE) },
  ],
  judge: refused({ errnos: ['EPERM', 'EACCES', 'ENOSYS'] }),
  // As root, whose /dev is a tmpfs of this launcher's own.
  controls: ['plain'],
};
