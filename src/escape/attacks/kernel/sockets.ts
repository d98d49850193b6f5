import { call } from '#escape/probe-calls.ts';
import type { Facts, ProbeCall } from '#escape/types.ts';

/**
 * SOCK_MAX of linux/net.h: the kernel refuses this type with EINVAL before it looks for the family, so that no module is
 * loaded. A filter decides by the family and answers EAFNOSUPPORT.
 */
export const NO_TYPE = '11';

/** socket(2) under a label; numbers as in linux/socket.h. */
export function socketProbe(
  arch: Facts['arch'],
  label: string,
  family: string,
  type: string = NO_TYPE,
  protocol = '0',
): ProbeCall {
  const [, , number = ''] = call(arch, 'socket');
  return { name: label, argv: ['sys', label, number, family, type, protocol] };
}
