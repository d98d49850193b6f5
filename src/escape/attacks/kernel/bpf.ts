import { all, only, refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const bpf: ProbeAttack = {
  kind: 'probe',
  id: 'ks-bpf',
  category: 'kernel',
  impact: 'E',
  tier: 1,
  title: 'Programs in the kernel: bpf(2) and filters on sockets',
  technique: 'bpf(BPF_MAP_CREATE) with a pointer that leads nowhere; SO_ATTACH_BPF on no descriptor',
  reference: 'CVE-2022-23222, CVE-2021-3490',
  expected: 'EPERM or ENOSYS, and ENOPROTOOPT for the socket option',
  probes: (_, { arch }) =>
    // SOL_SOCKET, SO_ATTACH_BPF of asm-generic/socket.h
    callsOf(arch, { bpf: ['0', '-1', '72'], setsockopt: ['-1', '1', '50', '-1', '4'] }),
  judge: all(
    only(['bpf'], refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EFAULT', 'EINVAL'] })),
    only(['setsockopt'], refused({ errnos: ['ENOPROTOOPT'], reached: ['EBADF'] })),
  ),
  controls: ['without:seccomp'],
};
