import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** FAN_REPORT_FID of linux/fanotify.h: what a process without rights may ask for. */
const REPORT_FID = '0x200';

export const adminMisc: ProbeAttack = {
  kind: 'probe',
  id: 'ks-admin-misc',
  category: 'kernel',
  impact: 'D',
  tier: 1,
  title: 'Rare calls of administration',
  technique: 'quotactl, quotactl_fd, lookup_dcookie, uselib, ustat, sysfs, nfsservctl, fanotify_init',
  reference: 'moby/profiles and flatpak refuse the same',
  expected: 'EPERM or ENOSYS for each',
  probes: (_, { arch }) =>
    callsOf(arch, {
      quotactl: ['0xffffffff', '-1', '0', '-1'],
      quotactl_fd: ['-1', '0', '0', '-1'],
      lookup_dcookie: ['0', '-1', '0'],
      uselib: ['-1'],
      ustat: ['0', '-1'],
      sysfs: ['99', '-1', '-1'],
      nfsservctl: ['0', '-1', '-1'],
      fanotify_init: [REPORT_FID, '0'],
    }),
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EINVAL', 'EBADF', 'EFAULT'] }),
  controls: ['without:seccomp'],
};
