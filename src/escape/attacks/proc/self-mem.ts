import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const selfMem: ProbeAttack = {
  kind: 'probe',
  id: 'proc-self-mem',
  category: 'proc',
  impact: 'V',
  tier: 1,
  title: 'Write its own read-only text',
  technique: 'Opens /proc/self/mem for writing, which ignores the protection of pages; writes nothing',
  reference: 'proc_pid_mem(5)',
  expected: 'EROFS: /proc is read-only; EACCES from Landlock',
  probes: () => [{ name: 'mem', argv: ['open', 'rw', '/proc/self/mem'] }],
  judge: refused({ errnos: ['EROFS', 'EACCES', 'EPERM'] }),
  controls: ['without:readOnlyProc+landlock', 'plain'],
  backed: ({ landlockAbi }) => (landlockAbi > 0 ? ['readOnlyProc', 'landlock'] : []),
  layers: ['readOnlyProc', 'landlock'],
};
