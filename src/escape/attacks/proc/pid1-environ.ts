import { all, refused, tokenAbsent } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const pid1Environ: ProbeAttack = {
  kind: 'probe',
  id: 'proc-pid1-environ',
  category: 'proc',
  impact: 'H',
  tier: 1,
  title: 'The environment of process 1',
  technique:
    "Reads /proc/1/environ, where a launcher's own environment stays visible though the program's was cleared",
  reference: 'bubblewrap issue 725',
  expected: 'EACCES: process 1 is not dumpable; and no token of the host',
  probes: () => [{ name: 'environ', argv: ['read', '/proc/1/environ', '/proc/1/auxv', '/proc/1/stack'] }],
  judge: all(tokenAbsent, refused({ errnos: ['EACCES', 'EPERM', 'ENOENT'] })),
  controls: ['plain', 'privileged'],
  layers: [],
};
