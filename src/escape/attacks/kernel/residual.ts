import type { ProbeAttack } from '#escape/types.ts';

export const residual: ProbeAttack = {
  kind: 'probe',
  id: 'ks-residual',
  category: 'kernel',
  impact: 'V',
  tier: 2,
  title: 'Bugs in calls that every program needs',
  technique: 'waitid, POSIX timers across exec, copy on write: what no filter can refuse',
  reference: 'CVE-2017-5123, CVE-2022-2585, CVE-2016-5195',
  expected: 'a kernel that is kept up to date: a residual risk, not a pass',
  applies: ({ kernel }) =>
    `a residual risk that no sandbox on a shared kernel takes away: keep the kernel (${kernel}) up to date`,
  probes: () => [],
  judge: () => ({ verdict: 'error', evidence: ['never asked'] }),
  controls: [],
};
