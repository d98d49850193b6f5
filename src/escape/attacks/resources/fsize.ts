import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const fsize: ProbeAttack = {
  kind: 'probe',
  id: 'res-fsize',
  category: 'resources',
  impact: 'S',
  tier: 1,
  title: 'A file that is larger than allowed',
  technique: 'With SIGXFSZ ignored: ftruncate, pwrite, fallocate and write beyond 2 GiB of a sparse file',
  reference: 'getrlimit(2), RLIMIT_FSIZE; isolate and piston fsize',
  expected: 'EFBIG from each',
  probes: () => [{ name: 'large', argv: ['large', '/tmp', String(2 * 1024 ** 3)] }],
  judge: refused({ errnos: ['EFBIG'], calls: ['ftruncate', 'pwrite', 'fallocate', 'write'] }),
  controls: ['without:rlimits', 'without:rlimits+seccomp'],
  layers: ['rlimits'],
};
