import type { RunAttack } from '#escape/types.ts';
import { askDescriptors, judgeDirectories } from './open-descriptors.ts';

export const dirWalk: RunAttack = {
  kind: 'run',
  id: 'fd-dir-walk',
  category: 'descriptors',
  impact: 'E',
  tier: 2,
  title: 'Out by a descriptor of a directory',
  technique: 'looks for a descriptor that is a directory, from which fchdir and openat("..") lead on',
  reference: 'CVE-2024-21626',
  expected: 'none of the open descriptors is a directory',
  run: (context) => askDescriptors(context, judgeDirectories),
};
