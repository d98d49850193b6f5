import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const pivotRoot: ProbeAttack = {
  kind: 'probe',
  id: 'fs-pivot-root',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'Put another root in place',
  technique:
    'pivot_root from / to /, which moves nothing but is refused only behind the check of capabilities',
  reference: 'pivot_root(2)',
  expected: 'EPERM or ENOSYS; EBUSY or EINVAL would come from behind the check',
  probes: (_, { arch }) => callsOf(arch, { pivot_root: ['s:/', 's:/'] }),
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EBUSY', 'EINVAL', 'ENOENT'] }),
  controls: ['privileged', 'plain'],
  backed: () => ['seccomp'],
};
