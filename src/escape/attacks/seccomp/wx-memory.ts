import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const wxMemory: ProbeAttack = {
  kind: 'probe',
  id: 'sc-wx-memory',
  category: 'seccomp',
  impact: 'V',
  tier: 2,
  title: 'Memory that is written and then executed',
  technique: 'mmap with PROT_WRITE and PROT_EXEC at once; mprotect from writable to executable',
  reference: 'systemd.exec(5), MemoryDenyWriteExecute',
  expected: 'EACCES or EPERM for both',
  applies: ({ policy }) =>
    policy.seccompProfile === 'paranoid'
      ? null
      : 'just-in-time compilers need it, and this profile lets them',
  probes: () => [{ name: 'memory', argv: ['memory'] }],
  judge: refused({ errnos: ['EACCES', 'EPERM'] }),
  controls: ['without:seccomp', 'host'],
  layers: [],
};
