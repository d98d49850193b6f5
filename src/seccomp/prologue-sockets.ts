import { ALLOW, errnoAction } from './action.ts';
import { equals32, masked32 } from './conditions.ts';
import { ERRNO } from './errno.ts';
import type { Branch, Condition, SyscallEntry, Verdict } from './ir.ts';

export type NetworkMode = 'none' | 'loopback';

/** <linux/socket.h>, <linux/net.h>, <linux/in.h>, <linux/netlink.h>. */
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_SEQPACKET = 5;
/** The type's upper bits carry SOCK_CLOEXEC and SOCK_NONBLOCK. */
const SOCK_TYPE_MASK = 0xf;
const IPPROTO_DEFAULT = 0;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
const NETLINK_ROUTE = 0;

const SOL_SOCKET = 1;

const UNIX_TYPES = [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET];

/** As a kernel answers that was built without the family. */
const NO_FAMILY: Verdict = {
  action: errnoAction(ERRNO.EAFNOSUPPORT),
  why: 'each socket family is kernel code of its own; only what the network mode needs is open',
};

function type(value: number): Condition {
  return masked32(1, SOCK_TYPE_MASK, value);
}

function allowUnix(): readonly Branch[] {
  return UNIX_TYPES.map((value) => ({
    when: [equals32(0, AF_UNIX), type(value)],
    action: ALLOW,
    why: 'local sockets stay inside the sandbox',
  }));
}

/** TCP and UDP only: another protocol would make the kernel load a module (SCTP, MPTCP, L2TP, …). */
function allowInternet(family: number): readonly Branch[] {
  const protocols = [
    { type: SOCK_STREAM, protocol: IPPROTO_DEFAULT },
    { type: SOCK_STREAM, protocol: IPPROTO_TCP },
    { type: SOCK_DGRAM, protocol: IPPROTO_DEFAULT },
    { type: SOCK_DGRAM, protocol: IPPROTO_UDP },
  ];
  return [
    ...protocols.map((pair) => ({
      when: [equals32(0, family), type(pair.type), equals32(2, pair.protocol)],
      action: ALLOW,
      why: 'TCP and UDP over the loopback interface',
    })),
    {
      when: [equals32(0, family)],
      action: errnoAction(ERRNO.EPROTONOSUPPORT),
      why: 'other protocols load rarely used kernel modules; Go and others fall back to TCP on this errno',
    },
  ];
}

/** getifaddrs(3), behind Node's os.networkInterfaces and Go's net.Interfaces, asks NETLINK_ROUTE and nothing else. */
function allowRouteQueries(): readonly Branch[] {
  return [SOCK_RAW, SOCK_DGRAM].map((value) => ({
    when: [equals32(0, AF_NETLINK), type(value), equals32(2, NETLINK_ROUTE)],
    action: ALLOW,
    why: 'lists interfaces; changing them needs CAP_NET_ADMIN, which the program does not have',
  }));
}

const DENIED_OPTIONS: readonly { readonly level: number; readonly option: number; readonly why: string }[] = [
  { level: IPPROTO_TCP, option: 31, why: 'TCP_ULP loads kernel TLS and other upper layers' },
  { level: IPPROTO_UDP, option: 100, why: 'UDP_ENCAP opens the IPsec and L2TP input paths' },
  { level: SOL_SOCKET, option: 26, why: 'SO_ATTACH_FILTER puts a program into the kernel' },
  { level: SOL_SOCKET, option: 50, why: 'SO_ATTACH_BPF puts a program into the kernel' },
  { level: SOL_SOCKET, option: 51, why: 'SO_ATTACH_REUSEPORT_CBPF puts a program into the kernel' },
  { level: SOL_SOCKET, option: 52, why: 'SO_ATTACH_REUSEPORT_EBPF puts a program into the kernel' },
];

const SETSOCKOPT_GUARD: SyscallEntry = {
  syscall: 'setsockopt',
  branches: DENIED_OPTIONS.map(({ level, option, why }) => ({
    when: [equals32(1, level), equals32(2, option)],
    action: errnoAction(ERRNO.ENOPROTOOPT),
    why,
  })),
  otherwise: { action: ALLOW, why: 'every other option' },
};

/** Families are compared for equality in 32 bits: the kernel cuts them to `int` (as in CVE-2019-10063). */
export function socketGuards(network: NetworkMode): readonly SyscallEntry[] {
  const internet = [...allowInternet(AF_INET), ...allowInternet(AF_INET6), ...allowRouteQueries()];
  return [
    {
      syscall: 'socket',
      branches: [...allowUnix(), ...(network === 'loopback' ? internet : [])],
      otherwise: NO_FAMILY,
    },
    { syscall: 'socketpair', branches: allowUnix(), otherwise: NO_FAMILY },
    SETSOCKOPT_GUARD,
  ];
}
