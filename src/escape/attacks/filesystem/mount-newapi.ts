import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

const NO_FD = '-1';
const BAD = '1';

export const mountNewApi: ProbeAttack = {
  kind: 'probe',
  id: 'fs-mount-newapi',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'The file-descriptor based mount calls',
  technique:
    'fsopen, fsconfig, fsmount, fspick, open_tree, open_tree_attr, move_mount, mount_setattr with bad pointers and descriptors',
  reference: 'CVE-2021-41133, CVE-2022-0185',
  expected: 'ENOSYS or EPERM before the kernel looks at an argument; EFAULT or EBADF means that it did',
  probes: (_, { arch }) =>
    callsOf(arch, {
      fsopen: [BAD, '0'],
      fsconfig: [NO_FD, '6', '0', '0', '0'],
      fsmount: [NO_FD, '0', '0'],
      fspick: [NO_FD, BAD, '0'],
      open_tree: [NO_FD, BAD, '0'],
      open_tree_attr: [NO_FD, BAD, '0', '0', '0'],
      move_mount: [NO_FD, BAD, NO_FD, BAD, '0'],
      mount_setattr: [NO_FD, BAD, '0', BAD, '32'],
    }),
  judge: refused({ errnos: ['ENOSYS', 'EPERM'], reached: ['EFAULT', 'EBADF', 'EINVAL'] }),
  controls: ['privileged', 'without:seccomp'],
  layers: [],
};
