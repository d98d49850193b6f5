import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

const TIOCSTI = '0x5412';
const TIOCLINUX = '0x541c';

export const argbitsIoctl: ProbeAttack = {
  kind: 'probe',
  id: 'sc-argbits-ioctl',
  category: 'seccomp',
  impact: 'E',
  tier: 1,
  title: 'Bits of an argument that only the filter sees',
  technique: 'ioctl(0, TIOCSTI) and TIOCLINUX, with and without bits above 32, which the kernel cuts off',
  reference: 'CVE-2019-10063, CVE-2023-28100',
  expected: 'EPERM from the filter; ENOTTY would come from the kernel',
  probes: (_, { arch }) => [
    { name: 'TIOCSTI', argv: call(arch, 'ioctl', '0', TIOCSTI, '1') },
    { name: 'TIOCSTI high', argv: call(arch, 'ioctl', '0', '0x12300005412', '1') },
    { name: 'TIOCLINUX', argv: call(arch, 'ioctl', '0', TIOCLINUX, '1') },
    { name: 'TIOCLINUX high', argv: call(arch, 'ioctl', '0', '0x800000000000541c', '1') },
  ],
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['ENOTTY', 'EFAULT', 'EBADF', 'EIO', 'EINVAL'] }),
  controls: ['without:seccomp'],
  layers: [],
};
