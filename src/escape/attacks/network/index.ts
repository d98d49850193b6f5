import type { Attack } from '#escape/types.ts';
import { abstractUnix } from './abstract-unix.ts';
import { dnsExfil } from './dns-exfil.ts';
import { egress } from './egress.ts';
import { hostLoopback } from './host-loopback.ts';
import { listenerReached } from './listener-reached.ts';
import { metadata } from './metadata.ts';
import { pathUnix } from './path-unix.ts';

export const NETWORK_ATTACKS: readonly Attack[] = [
  egress,
  metadata,
  hostLoopback,
  listenerReached,
  abstractUnix,
  pathUnix,
  dnsExfil,
];
