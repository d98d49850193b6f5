import type { AbsentAttack } from '#escape/types.ts';

export const diskIo: AbsentAttack = {
  kind: 'absent',
  id: 'res-disk-io',
  category: 'resources',
  impact: 'D',
  tier: 2,
  title: 'Keep the disk busy',
  technique: 'fsync in a loop, O_DIRECT, many small writes',
  reference: 'Firecracker production host set-up, io.max of cgroup-v2.rst',
  expected: 'Nothing of the sandbox is on a disk',
  verdict: 'not-applicable',
  why: 'every writable directory is a tmpfs; a policy with writable mounts sets io limits (docs/policies.md)',
};
