import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** asm-generic/ioctls.h */
const TIOCSTI = '0x5412';
const TIOCSTI_WITH_HIGH_BITS = '0x12300005412';

export const tiocsti: ProbeAttack = {
  kind: 'probe',
  id: 'tty-tiocsti',
  category: 'terminal',
  impact: 'E',
  tier: 1,
  title: 'Type into the terminal outside',
  technique:
    'ioctl TIOCSTI on descriptors 0, 1 and 2, with and without high bits, with a pointer that leads nowhere; opens /dev/tty',
  reference: 'CVE-2017-5226, CVE-2019-10063',
  expected: 'EPERM from the filter; ENOTTY would be the kernel, which found a pipe. No /dev/tty',
  probes: (_, { arch }) => {
    const [, , number = ''] = call(arch, 'ioctl');
    const requests = [TIOCSTI, TIOCSTI_WITH_HIGH_BITS];
    return [
      ...['0', '1', '2'].flatMap((fd) =>
        requests.map((request) => ({
          name: `TIOCSTI ${request} on ${fd}`,
          argv: ['sys', `TIOCSTI ${request} on ${fd}`, number, fd, request, '-1'],
        })),
      ),
      { name: 'terminal', argv: ['open', 'rw', '/dev/tty'] },
    ];
  },
  judge: refused({ errnos: ['EPERM', 'ENOENT', 'ENXIO'], reached: ['ENOTTY', 'EFAULT', 'EIO'] }),
  controls: ['without:seccomp'],
};
