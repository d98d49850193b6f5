import type { AbsentAttack } from '#escape/types.ts';

export const maskSymlink: AbsentAttack = {
  kind: 'absent',
  id: 'fs-mask-symlink-next-run',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: "Links in the way of the next run's set-up",
  technique: 'Replaces a mask target or a device node by a symbolic link, which the next set-up would follow',
  reference: 'CVE-2025-31133, CVE-2025-52565, CVE-2026-87766',
  expected: 'The next run refuses to start, or mounts nothing through the link',
  verdict: 'not-applicable',
  why: 'no directory that a program writes is set up again for another run; the variant with a writable mount is host-setup-symlink',
};
