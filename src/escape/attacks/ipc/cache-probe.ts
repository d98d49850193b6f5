import { beyondSupervisor, isNarrow } from '#escape/control-judging.ts';
import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** Since Linux 6.5, the same number on every architecture. */
const CACHESTAT = '451';

export const cacheProbe: ProbeAttack = {
  kind: 'probe',
  id: 'ipc-cache-probe',
  category: 'ipc',
  impact: 'L',
  tier: 2,
  title: 'Which pages of shared files are in memory',
  technique:
    'cachestat; under profiles strict and paranoid also mincore and preadv2. Profile default has those: the kernel answers mincore for own files only',
  reference: 'CVE-2019-5489; moby and containers/common',
  expected: 'ENOSYS or EPERM from the filter; anything else would be the kernel',
  probes: (_, facts) => [
    { name: 'cachestat', argv: ['sys', 'cachestat', CACHESTAT, '-1', '-1', '-1', '0'] },
    ...(isNarrow(facts)
      ? callsOf(facts.arch, { mincore: ['1', '4096', '-1'], preadv2: ['-1', '-1', '1', '0', '0', '8'] })
      : []),
  ],
  judge: beyondSupervisor(
    refused({ errnos: ['ENOSYS', 'EPERM'], reached: ['EBADF', 'EFAULT', 'EINVAL', 'ENOMEM'] }),
  ),
  controls: ['without:seccomp', 'host'],
};
