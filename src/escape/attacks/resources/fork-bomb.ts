import { type JudgeRun, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

export const forkBomb: RunAttack = {
  kind: 'run',
  id: 'res-fork-bomb',
  category: 'resources',
  impact: 'D',
  tier: 1,
  title: 'More processes than allowed',
  technique: 'Twenty children under a limit of eight tasks',
  reference: 'pids.max of cgroup-v2.rst; fork(2), EAGAIN',
  expected: 'EAGAIN at the limit, recorded in limitsHit; a run beside it goes as ever',
  destructive: true,
  applies: (facts) =>
    facts.policy.children ? null : 'the policy allows no second task: see the category seccomp',
  run: (context) =>
    limitFinding(context, {
      trials: [{ name: 'eight', args: FORKS, request: { limits: { pids: 8 } } }],
      judge,
      control: { name: "the policy's own limit", args: FORKS },
    }),
};

const FORKS = ['forks', '20'];
const EAGAIN = 11;

const judge: JudgeRun = ({ stdout: { data }, limitsHit, outcome }) => {
  const made = Number(/^made (\d+)$/m.exec(data)?.[1] ?? -1);
  const text = `${made} children, limits hit: ${limitsHit.join(', ') || 'none'}, ${JSON.stringify(outcome)}`;
  if (data.includes('call fork 0 ')) return { verdict: 'escaped', evidence: [text] };
  const refused = data.includes(`call fork ${EAGAIN} `) && made === 7 && limitsHit.includes('pids');
  return { verdict: refused ? 'contained' : 'error', evidence: [text] };
};
