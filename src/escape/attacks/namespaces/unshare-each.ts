import { NAMESPACE_FLAGS } from '#escape/attacks/namespaces/flags.ts';
import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const unshareEach: ProbeAttack = {
  kind: 'probe',
  id: 'ns-unshare-each',
  category: 'namespaces',
  impact: 'E',
  tier: 1,
  title: 'Namespaces of its own by unshare',
  technique:
    'unshare of a user, mount, pid, network, IPC, UTS, cgroup and time namespace, one by one and with a user namespace',
  reference: 'unshare(2), user_namespaces(7); most local kernel exploits start here',
  expected: 'EPERM, ENOSYS, or ENOSPC from the limit of user namespaces',
  probes: (_, { arch }) => [
    ...Object.entries(NAMESPACE_FLAGS).map(([name, flag]) => ({
      name,
      argv: call(arch, 'unshare', hex(flag)),
    })),
    {
      name: 'user+network',
      argv: call(arch, 'unshare', hex(NAMESPACE_FLAGS.user + NAMESPACE_FLAGS.network)),
    },
  ],
  judge: refused({ errnos: ['EPERM', 'ENOSYS', 'ENOSPC'] }),
  controls: ['privileged', 'host'],
  backed: () => ['seccomp', 'userNamespaceLimit'],
  layers: ['seccomp', 'userNamespaceLimit'],
};

function hex(flags: number): string {
  return `0x${flags.toString(16)}`;
}
