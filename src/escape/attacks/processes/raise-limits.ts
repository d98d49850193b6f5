import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const raiseLimits: ProbeAttack = {
  kind: 'probe',
  id: 'pr-raise-limits',
  category: 'processes',
  impact: 'S',
  tier: 1,
  title: 'Raise one’s own limits',
  technique: 'prlimit64 and setrlimit of RLIMIT_FSIZE to infinity',
  reference: 'prlimit(2): only CAP_SYS_RESOURCE raises a hard limit',
  expected: 'EPERM for each',
  probes: () => [{ name: 'unlimit', argv: ['unlimit'] }],
  judge: refused({ errnos: ['EPERM', 'ENOSYS'] }),
  controls: ['without:rlimits', 'host'],
  layers: ['seccomp', 'rlimits'],
};
