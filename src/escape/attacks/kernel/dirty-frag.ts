import { all, only, refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';
import { NO_TYPE, socketProbe } from './sockets.ts';

const SOCKETS = { AF_RXRPC: '33', AF_KEY: '15', NETLINK_XFRM: '16' } as const;
const PROTOCOL_XFRM = '6';

export const dirtyFrag: ProbeAttack = {
  kind: 'probe',
  id: 'ks-dirty-frag',
  category: 'kernel',
  impact: 'E',
  tier: 1,
  title: 'IPsec and RxRPC, whose decryption in place wrote into shared pages',
  technique: 'AF_RXRPC, AF_KEY and NETLINK_XFRM sockets, add_key for rxrpc, setsockopt UDP_ENCAP',
  reference: 'CVE-2026-43284, CVE-2026-43500, CVE-2026-43503, CVE-2026-46300',
  expected: 'EAFNOSUPPORT, EPERM and ENOPROTOOPT from the filter',
  probes: (_, { arch }) => [
    ...Object.entries(SOCKETS).map(([name, family]) =>
      socketProbe(arch, name, family, NO_TYPE, name === 'NETLINK_XFRM' ? PROTOCOL_XFRM : '0'),
    ),
    ...callsOf(arch, {
      add_key: ['s:rxrpc', '-1', '0', '0', '-3'],
      // SOL_UDP, UDP_ENCAP of linux/udp.h
      setsockopt: ['-1', '17', '100', '-1', '4'],
    }),
  ],
  judge: all(
    only(Object.keys(SOCKETS), refused({ errnos: ['EAFNOSUPPORT'], reached: ['EINVAL'] })),
    only(['add_key'], refused({ errnos: ['EPERM'], reached: ['EFAULT'] })),
    only(['setsockopt'], refused({ errnos: ['ENOPROTOOPT'], reached: ['EBADF'] })),
  ),
  controls: ['without:seccomp'],
};
