import { endedBy, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

export const oomVictim: RunAttack = {
  kind: 'run',
  id: 'res-oom-victim',
  category: 'resources',
  impact: 'D',
  tier: 1,
  title: 'Make the kernel pick another victim than the culprit',
  technique: 'Eight children of 8 MiB, the first process small and waiting, under 24 MiB',
  reference: 'memory.oom.group of cgroup-v2.rst',
  expected: 'The whole sandbox ends by the limit memory, the supervisor lives',
  destructive: true,
  applies: (facts) =>
    facts.policy.children ? null : 'the policy allows one task, and there is nobody else to kill',
  run: (context) =>
    limitFinding(context, {
      trials: [{ name: 'children', args: EATERS, request: { limits: { memory: '24MiB' } } }],
      judge: endedBy('memory'),
      control: { name: "the policy's own limit", args: EATERS },
    }),
};

const EATERS = ['eaters', '8', '8'];
