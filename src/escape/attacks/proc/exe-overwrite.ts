import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const exeOverwrite: ProbeAttack = {
  kind: 'probe',
  id: 'proc-exe-overwrite',
  category: 'proc',
  impact: 'E',
  tier: 1,
  title: "Overwrite the launcher's or init's program",
  technique: 'Opens /proc/1/exe and /proc/self/exe for writing, and writes nothing',
  reference: 'CVE-2019-5736',
  expected: 'EACCES or EROFS; ETXTBSY would come from behind the check of permissions',
  probes: () => [{ name: 'exe', argv: ['open', 'w', '/proc/1/exe', '/proc/self/exe'] }],
  judge: refused({ errnos: ['EACCES', 'EROFS', 'EPERM', 'ENOENT'], reached: ['ETXTBSY'] }),
  controls: ['host'],
  backed: ({ landlockAbi }) => (landlockAbi > 0 ? ['readOnlyProc', 'landlock'] : []),
  layers: ['landlock', 'readOnlyProc'],
};
