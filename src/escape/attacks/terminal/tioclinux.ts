import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** asm-generic/ioctls.h */
const TIOCLINUX = '0x541c';
const TIOCSETD = '0x5423';

export const tioclinux: ProbeAttack = {
  kind: 'probe',
  id: 'tty-tioclinux',
  category: 'terminal',
  impact: 'E',
  tier: 1,
  title: 'Paste into a virtual console, load a line discipline',
  technique:
    'ioctl TIOCLINUX and TIOCSETD on descriptors 0, 1 and 2 with a pointer that leads nowhere; opens the consoles',
  reference: 'CVE-2023-28100; ioctl_console(2)',
  expected: 'EPERM from the filter; ENOTTY would be the kernel, which found a pipe. No console in /dev',
  probes: (_, { arch }) => {
    const [, , number = ''] = call(arch, 'ioctl');
    const requests = { TIOCLINUX, TIOCSETD };
    return [
      ...['0', '1', '2'].flatMap((fd) =>
        Object.entries(requests).map(([name, request]) => ({
          name: `${name} on ${fd}`,
          argv: ['sys', `${name} on ${fd}`, number, fd, request, '-1'],
        })),
      ),
      {
        name: 'consoles',
        argv: ['open', 'rw', '/dev/console', '/dev/tty0', '/dev/tty1', '/dev/vcs', '/dev/vcsa'],
      },
    ];
  },
  judge: refused({ errnos: ['EPERM', 'ENOENT'], reached: ['ENOTTY', 'EFAULT', 'EIO'] }),
  controls: ['without:seccomp'],
};
