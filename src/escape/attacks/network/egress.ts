import { beyondSupervisor } from '#escape/control-judging.ts';
import type { ProbeAttack } from '#escape/types.ts';
import { dial, unreachable } from './reachable.ts';

/** Addresses for documentation (RFC 5737, RFC 3849): nobody has them. */
const FOUR = '192.0.2.1';
const SIX = '2001:db8:0:0:0:0:0:1';
/** discard(9) */
const PORT = 9;

export const egress: ProbeAttack = {
  kind: 'probe',
  id: 'net-none-egress',
  category: 'network',
  impact: 'X',
  tier: 1,
  title: 'Reach the world',
  technique:
    'the way to addresses for documentation over IPv4 and IPv6, asked for by UDP sockets, which send nothing; TCP is tried by net-host-loopback, at a listener of the suite',
  reference: 'network_namespaces(7); sandbox-runtime’s tests of an empty allow-list',
  expected: 'EAFNOSUPPORT for the socket with network none, ENETUNREACH with loopback',
  probes: () => [dial('udp', FOUR, PORT), dial('udp', SIX, PORT)],
  judge: beyondSupervisor(unreachable()),
  // The second tells a host without a network from a probe that does not work.
  controls: ['without:seccomp+networkNamespace+landlock', 'host'],
  backed: ({ policy }) => (policy.network === 'none' ? ['seccomp', 'networkNamespace'] : []),
  layers: ['seccomp', 'networkNamespace', 'landlock'],
};
