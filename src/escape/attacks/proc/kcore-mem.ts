import { empty } from '#escape/attacks/proc/hidden.ts';
import { all, ifPresent, only, refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const kcoreMem: ProbeAttack = {
  kind: 'probe',
  id: 'proc-kcore-mem',
  category: 'proc',
  impact: 'H',
  tier: 1,
  title: "The host's memory as a file",
  technique: 'Reads /proc/kcore; opens /dev/mem, /dev/kmem and /dev/port',
  reference: 'proc_kcore(5), mem(4)',
  expected: 'ENOENT, EACCES or EPERM, or nothing in it',
  probes: () => [
    { name: '/proc/kcore', argv: ['head', '64', '/proc/kcore'] },
    { name: 'devices', argv: ['open', 'r', '/dev/mem', '/dev/kmem', '/dev/port'] },
  ],
  judge: ifPresent(
    all(only(['/proc/kcore'], empty), only(['devices'], refused({ errnos: ['ENOENT', 'EACCES', 'EPERM'] }))),
  ),
  controls: ['host'],
  layers: ['procMasks'],
};
