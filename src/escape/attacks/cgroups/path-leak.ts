import { contentOf, describeEnd } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

export const pathLeak: ProbeAttack = {
  kind: 'probe',
  id: 'cg-path-leak',
  category: 'cgroups',
  impact: 'H',
  tier: 2,
  title: 'Where on the host the run is',
  technique: 'reads /proc/self/cgroup and /proc/1/cgroup',
  reference: 'cgroup_namespaces(7)',
  expected: '`/` on every hierarchy, or no such file: no name of a group of the host',
  probes: () => [{ name: 'groups', argv: ['read', '/proc/self/cgroup', '/proc/1/cgroup'] }],
  judge: judgePaths,
  controls: ['without:cgroupNamespace', 'host'],
  layers: ['cgroupNamespace'],
};

function judgePaths(answers: Answers): Judgement {
  const ends = answers.flatMap((answer) => describeEnd(answer) ?? []);
  const refusals = answers.flatMap(({ calls }) =>
    calls.filter(({ errno }) => errno !== null).map(({ name, errno }) => `${name}: ${errno}`),
  );
  const lines = answers.flatMap((answer) => contentOf(answer).split('\n')).filter((line) => line !== '');
  const named = lines.filter((line) => !/^\d+:[^:]*:\/$/.test(line));
  if (named.length > 0) return { verdict: 'escaped', evidence: named };
  if (ends.length > 0 || lines.length + refusals.length === 0)
    return { verdict: 'error', evidence: [...ends, 'nothing was read'] };
  return { verdict: 'contained', evidence: [...new Set(lines), ...refusals] };
}
