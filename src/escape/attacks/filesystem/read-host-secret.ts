import { withAliases } from '#escape/bind-aliases.ts';
import { all, refused, tokenAbsent } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

const SECRETS = ['/etc/shadow', '/etc/gshadow', '/root/.ssh', '/root', '/home', '/var/lib'];

export const readHostSecret: ProbeAttack = {
  kind: 'probe',
  id: 'fs-read-host-secret',
  category: 'filesystem',
  impact: 'H',
  tier: 1,
  title: 'Read files of the host',
  technique:
    "Reads the suite's secret by its absolute path; opens /etc/shadow, keys of root, home directories; each by the binds of the policy too",
  reference: 'path_resolution(7)',
  expected: 'ENOENT or EACCES for each, and no token in what was read',
  probes: ({ file, secretFile }, facts) => [
    { name: 'read', argv: ['read', ...withAliases([secretFile, file], facts)] },
    { name: 'open', argv: ['open', 'r', ...withAliases(SECRETS, facts)] },
  ],
  judge: all(tokenAbsent, refused({ errnos: ['ENOENT', 'EACCES'] })),
  controls: ['plain', 'host'],
  layers: [],
};
