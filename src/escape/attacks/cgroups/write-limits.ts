import type { ProbeAttack } from '#escape/types.ts';
import { refusedFiles } from './group-files.ts';

const LIMITS = [
  'memory.max',
  'memory.limit_in_bytes',
  'pids.max',
  'cpu.max',
  'cpu.cfs_quota_us',
  'cgroup.freeze',
  'freezer.state',
  'cgroup.kill',
];

export const writeLimits: ProbeAttack = {
  kind: 'probe',
  id: 'cg-write-limits',
  category: 'cgroups',
  impact: 'D',
  tier: 1,
  title: 'Limits of the own group and of those above it',
  technique:
    'opens memory.max, pids.max, cpu.max, cgroup.freeze and their like for writing, wherever /proc/self/cgroup points',
  reference: 'cgroups(7); systemd’s ProtectControlGroups',
  expected: 'ENOENT, EROFS or EACCES for each',
  probes: () => [{ name: 'limits', argv: ['cgroup-files', ...LIMITS] }],
  judge: refusedFiles,
  controls: ['host'],
};
