import { beyondSupervisor } from '#escape/control-judging.ts';
import type { ProbeAttack } from '#escape/types.ts';
import { dial, unreachable } from './reachable.ts';

const SERVICES = ['169.254.169.254', '100.100.100.200', 'fd00:ec2:0:0:0:0:0:254'];

export const metadata: ProbeAttack = {
  kind: 'probe',
  id: 'net-metadata',
  category: 'network',
  impact: 'X',
  tier: 1,
  title: 'Metadata services of clouds',
  technique:
    'the way to 169.254.169.254, 100.100.100.200 and fd00:ec2::254, asked for by UDP sockets, which send nothing',
  reference: 'firecracker’s production set-up blocks them; they hand out credentials of the host',
  expected: 'EAFNOSUPPORT for the socket with network none, ENETUNREACH with loopback',
  probes: () => SERVICES.map((address) => dial('udp', address, 80)),
  judge: beyondSupervisor(unreachable()),
  controls: ['without:seccomp+networkNamespace', 'host'],
  backed: ({ policy }) => (policy.network === 'none' ? ['seccomp', 'networkNamespace'] : []),
  layers: ['seccomp', 'networkNamespace'],
};
