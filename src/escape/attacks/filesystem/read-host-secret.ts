import { all, refused, tokenAbsent } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const readHostSecret: ProbeAttack = {
  kind: 'probe',
  id: 'fs-read-host-secret',
  category: 'filesystem',
  impact: 'H',
  tier: 1,
  title: 'Read files of the host',
  technique:
    "Reads the suite's secret by its absolute path; opens /etc/shadow, keys of root, home directories",
  reference: 'path_resolution(7)',
  expected: 'ENOENT or EACCES for each, and no token in what was read',
  probes: ({ file, secretFile }) => [
    { name: 'read', argv: ['read', secretFile, file] },
    {
      name: 'open',
      argv: ['open', 'r', '/etc/shadow', '/etc/gshadow', '/root/.ssh', '/root', '/home', '/var/lib'],
    },
  ],
  judge: all(tokenAbsent, refused({ errnos: ['ENOENT', 'EACCES'] })),
  controls: ['plain', 'host'],
  layers: [],
};
