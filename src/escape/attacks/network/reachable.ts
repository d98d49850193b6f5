import { inSandbox } from '#escape/control-judging.ts';
import { refused } from '#escape/judging.ts';
import type { Answers, JudgeContext, Judgement, ProbeCall } from '#escape/types.ts';

const TYPES = { tcp: '1', udp: '2' } as const;

/** The probe's `dial`: a socket, and a connection of it. A datagram socket sends nothing by that, it asks for the route. */
export function dial(transport: keyof typeof TYPES, address: string, port: number): ProbeCall {
  return {
    name: `${transport} ${address}`,
    argv: ['dial', TYPES[transport], '0', address, String(port)],
  };
}

/** What the network's answer is to a peer that can be asked: it is there, or the way to it is. */
const ON_THE_WAY = ['ECONNREFUSED', 'EINPROGRESS', 'ETIMEDOUT', 'EHOSTUNREACH'];
/** EACCES is Landlock's, which refuses TCP where the policy has no network. */
const NO_WAY = ['ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES'];

/**
 * With `network: none` there is not even a socket (EAFNOSUPPORT); with `loopback` there is no way out. `own`: errnos of a
 * peer that would be the jail's own interface, where nobody listens.
 */
export function unreachable(
  own: readonly string[] = [],
): (answers: Answers, context: JudgeContext) => Judgement {
  const reached = ON_THE_WAY.filter((errno) => !own.includes(errno));
  const byRoute = refused({ errnos: [...NO_WAY, ...own], reached, calls: ['connect'] });
  const bySocket = refused({ errnos: ['EAFNOSUPPORT'], reached: [...NO_WAY, ...ON_THE_WAY] });
  const inJail = (answers: Answers, context: JudgeContext): Judgement =>
    (context.facts.policy.network === 'none' ? bySocket : byRoute)(answers, context);
  // With a layer taken away the other one may still answer first.
  const elsewhere = (answers: Answers, context: JudgeContext): Judgement => {
    const isConnected = answers.some(({ calls }) => calls.some(({ name }) => name === 'connect'));
    return (isConnected ? byRoute : bySocket)(answers, context);
  };
  return inSandbox(inJail, elsewhere);
}
