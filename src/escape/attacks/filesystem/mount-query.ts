import { contentOf, describeEnd } from '#escape/judging.ts';
import type { Answers, JudgeContext, Judgement, ProbeAttack } from '#escape/types.ts';

/** What every jail has; the third is the suite's own probe. */
const OWN = ['/usr', '/etc', '/.warder-probe', '/proc', '/dev', '/tmp', '/workspace'];
const LINKED = /^\/(?:bin|sbin|lib|lib32|lib64|libx32|opt)$/;

export const mountQuery: ProbeAttack = {
  kind: 'probe',
  id: 'fs-mount-query',
  category: 'filesystem',
  impact: 'H',
  tier: 2,
  title: 'Ask for mounts of the host',
  technique: 'Reads /proc/self/mountinfo',
  reference: 'proc_pid_mountinfo(5)',
  expected:
    'Only mount points of the jail and those that the policy names; where their content lies on the host is no secret of this sandbox',
  probes: () => [{ name: 'mountinfo', argv: ['read', '/proc/self/mountinfo'] }],
  judge: judgeMounts,
  controls: ['plain', 'host'],
  layers: [],
};

function judgeMounts([answer]: Answers, { facts }: JudgeContext): Judgement {
  const named = (facts.policy.binds ?? []).map(({ target }) => target);
  const points = answer ? mountPoints(contentOf(answer)) : [];
  if (answer === undefined || points.length === 0)
    return { verdict: 'error', evidence: [(answer && describeEnd(answer)) ?? 'mountinfo is empty'] };
  const foreign = points.filter((point) => !isOwn(point) && !named.includes(point));
  if (foreign.length === 0)
    return { verdict: 'contained', evidence: [`${points.length} mounts, all of the jail`] };
  return { verdict: 'escaped', evidence: foreign.map((point) => `visible: ${point}`) };
}

function mountPoints(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.split(' ')[4] ?? []);
}

function isOwn(point: string): boolean {
  return (
    point === '/' || LINKED.test(point) || OWN.some((own) => point === own || point.startsWith(`${own}/`))
  );
}
