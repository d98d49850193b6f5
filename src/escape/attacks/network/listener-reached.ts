import { refused } from '#escape/judging.ts';
import type { Answers, JudgeContext, Judgement, ProbeAttack } from '#escape/types.ts';
import { dial } from './reachable.ts';

export const listenerReached: ProbeAttack = {
  kind: 'probe',
  id: 'net-listener-reached',
  category: 'network',
  impact: 'X',
  tier: 2,
  title: 'Be heard by a server of the host',
  technique: 'TCP to the suite’s listener on 127.0.0.1; which layer says no does not matter here',
  reference: 'network_namespaces(7), seccomp(2), landlock(7): LANDLOCK_ACCESS_NET_CONNECT_TCP',
  expected: 'No connection: no socket, no right, no way, or nobody there',
  probes: ({ tcpPort }) => [dial('tcp', '127.0.0.1', tcpPort)],
  judge: judgeConnection,
  controls: ['without:seccomp+networkNamespace+landlock', 'host'],
  layers: ['seccomp', 'networkNamespace', 'landlock'],
};

/** Without a socket there is no connection to judge. */
function judgeConnection(answers: Answers, context: JudgeContext): Judgement {
  const isTried = answers.some(({ calls }) => calls.some(({ name }) => name === 'connect'));
  const errnos = ['EAFNOSUPPORT', 'EACCES', 'ENETUNREACH', 'ECONNREFUSED'];
  return refused(isTried ? { errnos, calls: ['connect'] } : { errnos })(answers, context);
}
