import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';
import { socketProbe } from './sockets.ts';

export const afAlg: ProbeAttack = {
  kind: 'probe',
  id: 'ks-af-alg',
  category: 'kernel',
  impact: 'E',
  tier: 1,
  title: 'Sockets of the crypto interface',
  technique:
    'socket(AF_ALG), and with bits above the lower 32, which the kernel ignores and a careless filter compares',
  reference:
    'CVE-2026-31431: a write of four bytes into the page cache, so also into files that are bound read-only',
  expected: 'EAFNOSUPPORT from the filter; EINVAL would be the kernel, which looked at the type',
  probes: (_, { arch }) => [
    socketProbe(arch, 'AF_ALG', '38'),
    socketProbe(arch, 'AF_ALG with high bits', '0x100000026'),
    socketProbe(arch, 'AF_ALG with all high bits', '0xffffffff00000026'),
  ],
  judge: refused({ errnos: ['EAFNOSUPPORT'], reached: ['EINVAL'] }),
  controls: ['without:seccomp'],
};
