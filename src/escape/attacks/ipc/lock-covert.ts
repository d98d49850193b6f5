import { promisedByNarrow } from '#escape/control-judging.ts';
import { refused } from '#escape/judging.ts';
import { PROBE_INSIDE } from '#escape/probe-stage.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const lockCovert: ProbeAttack = {
  kind: 'probe',
  id: 'ipc-flock-covert',
  category: 'ipc',
  impact: 'L',
  tier: 2,
  title: 'Locks on a file that several runs see',
  technique:
    'flock, F_SETLK, F_GETLK, F_OFD_SETLK and F_NOTIFY on an inode that is bound read-only into every jail',
  reference: 'isolate: flag 4; flock(2)',
  expected: 'ENOLCK, and EINVAL for the notification',
  applies: promisedByNarrow('file locks'),
  probes: () => [{ name: 'locks', argv: ['locks', PROBE_INSIDE, '0'] }],
  judge: refused({
    errnos: ['ENOLCK', 'EINVAL', 'ENOSYS', 'EPERM'],
    calls: ['flock', 'F_SETLK', 'F_GETLK', 'F_OFD_SETLK', 'F_NOTIFY'],
  }),
  controls: ['without:seccomp'],
};
