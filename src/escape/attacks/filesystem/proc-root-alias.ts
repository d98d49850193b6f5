import { all, refused, tokenAbsent } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

const ALIASES = [
  '/proc/self/root',
  '/proc/thread-self/root',
  '/proc/1/root',
  '/proc/self/cwd/../../../..',
  '/dev/fd/0/..',
];

export const procRootAlias: ProbeAttack = {
  kind: 'probe',
  id: 'fs-proc-root-alias',
  category: 'filesystem',
  impact: 'V',
  tier: 2,
  title: 'The same file by another name',
  technique: "Reads the suite's secret through /proc/self/root, /proc/1/root, /proc/self/cwd and /dev/fd",
  reference: 'proc_pid_root(5)',
  expected: 'The same as for the plain path: ENOENT, or EACCES for process 1',
  probes: ({ file }) => [{ name: 'aliases', argv: ['read', ...ALIASES.map((alias) => `${alias}${file}`)] }],
  judge: all(tokenAbsent, refused({ errnos: ['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR'] })),
  controls: ['plain', 'host'],
  layers: [],
};
