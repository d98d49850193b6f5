import { contentOf, describeEnd, isKill, valuesOf } from '#escape/judging.ts';
import type { Answers, JudgeContext, Judgement, ProbeAttack } from '#escape/types.ts';

const LAST = '65535';
/** More than a jail in which nothing but the probe runs can hold. */
const OWN_TREE = 16;

export const hostPids: ProbeAttack = {
  kind: 'probe',
  id: 'proc-host-pids',
  category: 'proc',
  impact: 'H',
  tier: 1,
  title: 'Processes of the host',
  technique: 'Lists /proc; sends signal 0 to every pid from 1 to 65535',
  reference: 'pid_namespaces(7), kill(2)',
  expected: 'Nothing but the own tree: the pid of the suite is not among them',
  probes: () => [
    { name: 'list', argv: ['list', '/proc'] },
    { name: 'signal', argv: ['pids', LAST] },
  ],
  judge: judgePids,
  controls: ['plain', 'host'],
  layers: [],
};

function judgePids([list, signal]: Answers, { canaries }: JudgeContext): Judgement {
  if (list === undefined || signal === undefined) return { verdict: 'error', evidence: ['no answer'] };
  const listed = contentOf(list)
    .split('\n')
    .filter((name) => /^\d+$/.test(name));
  const reached = valuesOf(signal, 'there');
  const ended = describeEnd(signal);
  const evidence = [
    `listed: ${listed.join(' ').slice(0, 80)}`,
    `signal 0 reached: ${reached.join(' ').slice(0, 80)}`,
  ];
  if (listed.length === 0 || (ended !== null && !isKill(signal)))
    return { verdict: 'error', evidence: [...evidence, ...(ended ? [ended] : [])] };
  const pid = String(canaries.pid);
  const foreign = listed.includes(pid) || reached.includes(pid);
  const many = listed.length > OWN_TREE || reached.length > OWN_TREE;
  return { verdict: foreign || many ? 'escaped' : 'contained', evidence };
}
