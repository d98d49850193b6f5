import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** _LINUX_CAPABILITY_VERSION_3, then effective, permitted, inheritable, twice. */
const HEADER = 'i:0x20080522,0';
const ALL = 'i:0xffffffff,0xffffffff,0xffffffff,0x1ff,0x1ff,0x1ff';
const PR_SET_SECUREBITS = '28';
const PR_CAP_AMBIENT = '47';
const PR_CAP_AMBIENT_RAISE = '2';
const CAP_SYS_ADMIN = '21';

export const regain: ProbeAttack = {
  kind: 'probe',
  id: 'cap-regain',
  category: 'capabilities',
  impact: 'E',
  tier: 2,
  title: 'Take capabilities back',
  technique: 'capset of everything, an ambient capability, securebits, setuid and setgid to 0, setgroups',
  reference: 'capabilities(7)',
  expected: 'EPERM or EINVAL',
  probes: (_, { arch }) => [
    { name: 'capset', argv: call(arch, 'capset', HEADER, ALL) },
    {
      name: 'ambient',
      argv: call(arch, 'prctl', PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, '0', '0'),
    },
    { name: 'securebits', argv: call(arch, 'prctl', PR_SET_SECUREBITS, '0', '0', '0', '0') },
    { name: 'setuid', argv: call(arch, 'setuid', '0') },
    { name: 'setgid', argv: call(arch, 'setgid', '0') },
    { name: 'setresuid', argv: call(arch, 'setresuid', '0', '0', '0') },
    { name: 'setgroups', argv: call(arch, 'setgroups', '1', 'i:0') },
  ],
  judge: refused({ errnos: ['EPERM', 'EINVAL', 'ENOSYS'] }),
  controls: ['privileged', 'host'],
  backed: () => ['seccomp'],
};
