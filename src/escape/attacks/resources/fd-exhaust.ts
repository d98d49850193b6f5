import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const fdExhaust: ProbeAttack = {
  kind: 'probe',
  id: 'res-fd-exhaust',
  category: 'resources',
  impact: 'S',
  tier: 1,
  title: 'More descriptors than allowed',
  technique: 'Raises the soft limit to the hard one, then opens up to 2000 files, and a pipe',
  reference: 'getrlimit(2), RLIMIT_NOFILE; Firecracker test_negative_no_file_limit',
  expected: 'EMFILE',
  probes: () => [{ name: 'descriptors', argv: ['descriptors', '2000'] }],
  judge: refused({ errnos: ['EMFILE'] }),
  controls: ['without:rlimits', 'without:rlimits+seccomp'],
  alone: true,
  layers: ['rlimits'],
};
