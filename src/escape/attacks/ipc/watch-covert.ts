import { promisedByNarrow } from '#escape/control-judging.ts';
import { refused } from '#escape/judging.ts';
import { PROBE_INSIDE } from '#escape/probe-stage.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const watchCovert: ProbeAttack = {
  kind: 'probe',
  id: 'ipc-fsnotify-covert',
  category: 'ipc',
  impact: 'L',
  tier: 2,
  title: 'Watches on a file that several runs see',
  technique: 'inotify for openings of an inode that is bound read-only into every jail',
  reference: 'inotify(7)',
  expected: 'ENOSYS',
  applies: promisedByNarrow('inotify'),
  probes: () => [{ name: 'watch', argv: ['watch', PROBE_INSIDE] }],
  judge: refused({ errnos: ['ENOSYS', 'EPERM'] }),
  controls: ['without:seccomp'],
};
