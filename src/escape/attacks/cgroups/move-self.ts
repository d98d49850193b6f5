import type { ProbeAttack } from '#escape/types.ts';
import { refusedFiles } from './group-files.ts';

export const moveSelf: ProbeAttack = {
  kind: 'probe',
  id: 'cg-move-self',
  category: 'cgroups',
  impact: 'D',
  tier: 1,
  title: 'Into another group',
  technique:
    'opens cgroup.procs, cgroup.threads and tasks of the own group and of those above it for writing, and writes nothing',
  reference: 'cgroup-v2.rst of the kernel, “Delegation Containment”',
  expected: 'ENOENT, EROFS or EACCES for each',
  probes: () => [
    {
      name: 'groups',
      argv: ['cgroup-files', 'cgroup.procs', 'cgroup.threads', 'tasks', 'cgroup.subtree_control'],
    },
  ],
  judge: refusedFiles,
  controls: ['host'],
};
