import { hidden } from '#escape/attacks/proc/hidden.ts';
import { ifPresent } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const sysrq: ProbeAttack = {
  kind: 'probe',
  id: 'proc-sysrq',
  category: 'proc',
  impact: 'D',
  tier: 1,
  title: 'Restart the host by /proc/sysrq-trigger',
  technique: 'Opens it for writing, and writes nothing',
  reference: 'Documentation/admin-guide/sysrq.rst',
  expected: 'EROFS, EACCES or ENOENT, or /dev/null in its place',
  probes: () => [
    { name: 'stat', argv: ['stat', '/proc/sysrq-trigger'] },
    { name: 'open', argv: ['open', 'w', '/proc/sysrq-trigger'] },
  ],
  judge: ifPresent(hidden),
  controls: ['host'],
  layers: ['procMasks', 'readOnlyProc', 'landlock'],
};
