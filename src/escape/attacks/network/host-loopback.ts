import type { ProbeAttack } from '#escape/types.ts';
import { dial, unreachable } from './reachable.ts';

export const hostLoopback: ProbeAttack = {
  kind: 'probe',
  id: 'net-host-loopback',
  category: 'network',
  impact: 'X',
  tier: 1,
  title: 'Servers on the host’s loopback interface',
  technique: 'TCP to the suite’s listener on 127.0.0.1, which counts connections',
  reference: 'network_namespaces(7)',
  expected:
    'EAFNOSUPPORT for the socket with network none, ECONNREFUSED with loopback: the interface is the jail’s own',
  probes: ({ tcpPort }) => [dial('tcp', '127.0.0.1', tcpPort)],
  judge: unreachable(['ECONNREFUSED']),
  controls: ['without:seccomp+networkNamespace+landlock', 'host'],
  backed: ({ policy }) => (policy.network === 'none' ? ['seccomp', 'networkNamespace'] : []),
  layers: ['seccomp', 'networkNamespace', 'landlock'],
};
