import { describeCall, describeEnd, isKill } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

export const session: ProbeAttack = {
  kind: 'probe',
  id: 'tty-session',
  category: 'terminal',
  impact: 'E',
  tier: 2,
  title: 'A session that reaches out of the sandbox',
  technique:
    'getsid of process 1 and of itself: a session that began outside, and with it its terminal, has the number 0 inside',
  reference: 'getsid(2), pid_namespaces(7); CVE-2017-5226 needs a shared session',
  expected: 'Process 1 and the program each have a session of the sandbox, not the same',
  probes: (_, { arch }) => [
    { name: 'process 1', argv: call(arch, 'getsid', '1') },
    { name: 'program', argv: call(arch, 'getsid', '0') },
  ],
  judge: judgeSessions,
  controls: ['privileged'],
  layers: [],
};

function judgeSessions(answers: Answers): Judgement {
  const calls = answers.flatMap(({ name, calls: [made] }) => (made ? [{ ...made, name }] : []));
  const silent = answers.filter(({ calls: made }) => made.length === 0);
  const evidence = [
    ...calls.map((made) => describeCall({ ...made, name: `session of ${made.name}` })),
    ...silent.map((answer) => describeEnd(answer) ?? `${answer.name}: no answer`),
  ];
  if (silent.some((answer) => !isKill(answer)) || answers.length < 2) return { verdict: 'error', evidence };
  if (calls.some(({ errno }) => errno !== null)) return { verdict: 'error', evidence };
  const sessions = calls.map(({ value }) => value);
  const isOwn = !sessions.includes('0') && new Set(sessions).size === sessions.length;
  return { verdict: isOwn ? 'contained' : 'escaped', evidence };
}
