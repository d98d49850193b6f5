import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';
import { syscallNumber } from '#internal.ts';

export const filterStack: ProbeAttack = {
  kind: 'probe',
  id: 'sc-filter-stack',
  category: 'seccomp',
  impact: 'E',
  tier: 2,
  title: 'Filters of its own on top',
  technique:
    'A filter with a listener, which could answer calls in place of init; a filter that allows everything, then bpf(2)',
  reference: 'seccomp(2), SECCOMP_FILTER_FLAG_NEW_LISTENER; the strictest of all filters decides',
  expected: 'No listener; after the filter that allows everything bpf is refused as before',
  probes: (_, { arch }) => [{ name: 'filters', argv: ['filters', String(syscallNumber(arch, 'bpf'))] }],
  judge: refused({
    errnos: ['EPERM', 'ENOSYS', 'EACCES', 'EBUSY'],
    reached: ['EINVAL', 'EFAULT', 'E2BIG'],
    calls: ['listener', 'afterwards'],
  }),
  controls: ['without:seccomp', 'privileged'],
  layers: [],
};
