import { endedBy, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

export const memAnon: RunAttack = {
  kind: 'run',
  id: 'res-mem-anon',
  category: 'resources',
  impact: 'D',
  tier: 1,
  title: 'More memory than allowed, by touching it',
  technique: 'Anonymous pages of 64 MiB in one process, and in four together, under 24 MiB',
  reference: 'memory.max of cgroup-v2.rst; snekbox test_memory',
  expected: "Ended by the limit memory, from the counters of the run's own group",
  destructive: true,
  run: (context) => {
    const limits = { memory: '24MiB' };
    const alone = { name: 'one process', args: ['eat', '64', 'anon'], request: { limits } };
    const together = { name: 'four processes', args: ['eaters', '16', '4'], request: { limits } };
    return limitFinding(context, {
      trials: context.facts.policy.children ? [alone, together] : [alone],
      judge: endedBy('memory'),
      control: { name: "the policy's own limit", args: ['eat', '64', 'anon'] },
    });
  },
};
