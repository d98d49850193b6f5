import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';
import { socketProbe } from './sockets.ts';

export const vsock: ProbeAttack = {
  kind: 'probe',
  id: 'ks-vsock',
  category: 'kernel',
  impact: 'L',
  tier: 1,
  title: 'Sockets to the hypervisor and to other virtual machines',
  technique: 'socket(AF_VSOCK), which no network namespace holds, also with high bits',
  reference: 'CVE-2025-21756; vsock(7)',
  expected: 'EAFNOSUPPORT from the filter; EINVAL would be the kernel',
  probes: (_, { arch }) => [
    socketProbe(arch, 'AF_VSOCK', '40'),
    socketProbe(arch, 'AF_VSOCK with high bits', '0x100000028'),
  ],
  judge: refused({ errnos: ['EAFNOSUPPORT'], reached: ['EINVAL'] }),
  controls: ['without:seccomp'],
};
