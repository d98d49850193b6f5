import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const numaMove: ProbeAttack = {
  kind: 'probe',
  id: 'ks-numa-move',
  category: 'kernel',
  impact: 'V',
  tier: 2,
  title: 'Placement of memory, also that of other processes',
  technique: 'move_pages, migrate_pages, mbind, set_mempolicy and process_madvise with impossible arguments',
  reference: 'flatpak: “scary VM and NUMA operations”',
  expected: 'EPERM or ENOSYS for each',
  probes: (_, { arch }) =>
    callsOf(arch, {
      move_pages: ['-1', '1', '-1', '-1', '-1', '0xff00'],
      migrate_pages: ['-1', '8', '-1', '-1'],
      mbind: ['0', '0', '0xffff', '0', '0', '0'],
      set_mempolicy: ['0xffff', '0', '0'],
      process_madvise: ['-1', '-1', '1', '0', '0'],
    }),
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EINVAL', 'EFAULT', 'EBADF', 'ESRCH'] }),
  controls: ['without:seccomp'],
};
