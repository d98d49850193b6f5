import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

const CLONE_NEWNS = '0x20000';

export const setns: ProbeAttack = {
  kind: 'probe',
  id: 'ns-setns',
  category: 'namespaces',
  impact: 'E',
  tier: 1,
  title: 'Enter namespaces of others',
  technique: 'setns with a descriptor that does not exist and with a pipe; opens /proc/1/ns/*',
  reference: 'setns(2)',
  expected: 'EPERM or ENOSYS; EACCES for the links of process 1. EBADF or EINVAL would come from the kernel',
  probes: (_, { arch }) => [
    { name: 'no descriptor', argv: call(arch, 'setns', '-1', CLONE_NEWNS) },
    { name: 'pipe', argv: call(arch, 'setns', '1', '0') },
    {
      name: 'links',
      argv: ['open', 'r', '/proc/1/ns/mnt', '/proc/1/ns/user', '/proc/1/ns/net', '/proc/1/ns/pid'],
    },
  ],
  judge: refused({ errnos: ['EPERM', 'ENOSYS', 'EACCES'], reached: ['EBADF', 'EINVAL'] }),
  controls: ['without:seccomp', 'host'],
  layers: [],
};
