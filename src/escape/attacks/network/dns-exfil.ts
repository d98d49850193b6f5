import { beyondSupervisor } from '#escape/control-judging.ts';
import type { ProbeAttack } from '#escape/types.ts';
import { dial, unreachable } from './reachable.ts';

const DNS = 53;
const MULTICAST_DNS = 5353;

export const dnsExfil: ProbeAttack = {
  kind: 'probe',
  id: 'net-dns-exfil',
  category: 'network',
  impact: 'X',
  tier: 1,
  title: 'Data in names that are looked up',
  technique:
    'the way to public resolvers over IPv4 and IPv6 and to multicast DNS, by UDP sockets, which send nothing',
  reference: 'sandbox-runtime: “block DNS lookups”',
  expected: 'EAFNOSUPPORT for the socket with network none, ENETUNREACH with loopback',
  probes: () => [
    dial('udp', '1.1.1.1', DNS),
    dial('udp', '2606:4700:4700:0:0:0:0:1111', DNS),
    dial('udp', '224.0.0.251', MULTICAST_DNS),
  ],
  judge: beyondSupervisor(unreachable()),
  controls: ['without:seccomp+networkNamespace', 'host'],
  backed: ({ policy }) => (policy.network === 'none' ? ['seccomp', 'networkNamespace'] : []),
  layers: ['seccomp', 'networkNamespace'],
};
