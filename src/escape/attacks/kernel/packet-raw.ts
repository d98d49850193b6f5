import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';
import { socketProbe } from './sockets.ts';

/** Of a packet socket: it gets no packet (packet(7)). */
const NO_PACKETS = '0';

export const packetRaw: ProbeAttack = {
  kind: 'probe',
  id: 'ks-af-packet-raw',
  category: 'kernel',
  impact: 'E',
  tier: 1,
  title: 'Raw and packet sockets',
  technique: 'AF_PACKET, SOCK_RAW for IPv4 and IPv6, SOCK_PACKET, the ping socket',
  reference: 'CVE-2020-14386, CVE-2021-22600',
  expected: 'EAFNOSUPPORT from the filter',
  probes: (_, { arch }) => [
    socketProbe(arch, 'AF_PACKET raw', '17', '3', NO_PACKETS),
    socketProbe(arch, 'AF_PACKET datagram', '17', '2', NO_PACKETS),
    socketProbe(arch, 'IPv4 raw', '2', '3', '1'),
    socketProbe(arch, 'IPv6 raw', '10', '3', '58'),
    socketProbe(arch, 'SOCK_PACKET', '2', '10', NO_PACKETS),
    socketProbe(arch, 'ping', '2', '2', '1'),
  ],
  judge: refused({
    errnos: ['EAFNOSUPPORT', 'EPERM', 'EACCES', 'EPROTONOSUPPORT'],
    reached: ['ESOCKTNOSUPPORT'],
  }),
  controls: ['privileged'],
};
