import { describeEnd, valuesOf } from '#escape/judging.ts';
import type { Answers, JudgeContext, Judgement, ProbeAttack } from '#escape/types.ts';

const NAMES = ['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'];

export const idsDiffer: ProbeAttack = {
  kind: 'probe',
  id: 'ns-ids-differ',
  category: 'namespaces',
  impact: 'E',
  tier: 2,
  title: 'Namespaces shared with the supervisor',
  technique: "Compares /proc/self/ns/* with the supervisor's",
  reference: 'namespaces(7)',
  expected: 'user, mnt, pid, net, ipc, uts and cgroup differ, all of them',
  probes: () => NAMES.map((name) => ({ name, argv: ['link', `/proc/self/ns/${name}`] })),
  judge: judgeIds,
  controls: ['plain', 'host'],
  layers: ['networkNamespace', 'ipcNamespace', 'utsNamespace', 'cgroupNamespace'],
};

function judgeIds(answers: Answers, { canaries }: JudgeContext): Judgement {
  const seen = answers.map((answer) => ({ answer, id: valuesOf(answer, 'target')[0] }));
  const lost = seen
    .filter(({ id }) => id === undefined)
    .map(({ answer }) => describeEnd(answer) ?? answer.name);
  if (lost.length > 0) return { verdict: 'error', evidence: lost };
  const shared = seen.filter(({ answer, id }) => id === canaries.namespaces[answer.name]);
  if (shared.length > 0) return { verdict: 'escaped', evidence: shared.map(({ id }) => `shared: ${id}`) };
  return { verdict: 'contained', evidence: seen.map(({ id }) => String(id)) };
}
