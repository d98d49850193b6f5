import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

const DIRECTORIES = ['/', '/etc', '/usr', '/usr/bin', '/usr/lib', '/dev'];

export const writeRootfs: ProbeAttack = {
  kind: 'probe',
  id: 'fs-write-rootfs',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'Write into the root file system',
  technique:
    'Opens a new file without a name in /, /etc, /usr, /usr/bin, /usr/lib and /dev, and writes nothing',
  reference: 'open(2), O_TMPFILE: nothing is left, and nothing changes; mount(2), MS_RDONLY',
  expected: 'EROFS for each: mounts are read-only; EACCES where Landlock answers first',
  probes: () => [{ name: 'create', argv: ['open', 'wt', ...DIRECTORIES] }],
  judge: refused({ errnos: ['EROFS', 'EACCES'] }),
  // The root itself is a file system of the jail's own, so writing there harms nothing.
  controls: ['without:readOnlyRoot+landlock'],
  backed: ({ landlockAbi }) => (landlockAbi > 0 ? ['readOnlyRoot', 'landlock'] : []),
  layers: ['readOnlyRoot', 'landlock', 'seccomp'],
};
