import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const fileCaps: ProbeAttack = {
  kind: 'probe',
  id: 'cap-file-caps',
  category: 'capabilities',
  impact: 'E',
  tier: 1,
  title: 'A program with capabilities of its own',
  technique: 'Gives a new file cap_setuid and cap_net_raw by its security.capability attribute',
  reference: 'capabilities(7), File capabilities',
  expected: 'EPERM: only CAP_SETFCAP may; EOPNOTSUPP where the file system has no such attributes',
  probes: ({ token, ownDir }) => [
    { name: 'filecaps', argv: ['filecaps', `.warder-${token}`, ownDir, '/dev/shm'] },
  ],
  judge: refused({ errnos: ['EPERM', 'ENOSYS', 'EACCES', 'EOPNOTSUPP'], calls: ['fsetxattr'] }),
  controls: ['privileged', 'plain', 'host'],
  backed: () => ['seccomp'],
};
