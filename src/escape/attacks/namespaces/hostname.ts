import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const hostname: ProbeAttack = {
  kind: 'probe',
  id: 'ns-hostname',
  category: 'namespaces',
  impact: 'V',
  tier: 1,
  title: 'Change the host name',
  technique: 'sethostname and setdomainname with a pointer that leads nowhere',
  reference: 'sethostname(2)',
  expected: 'EPERM or ENOSYS; EFAULT would come from behind the check',
  probes: (_, { arch }) => callsOf(arch, { sethostname: ['1', '4'], setdomainname: ['1', '4'] }),
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EFAULT'] }),
  controls: ['privileged', 'host'],
  backed: () => ['seccomp'],
};
