import type { AbsentAttack } from '#escape/types.ts';

export const nosymfollow: AbsentAttack = {
  kind: 'absent',
  id: 'fs-nosymfollow',
  category: 'filesystem',
  impact: 'H',
  tier: 2,
  title: 'Links among the artefacts',
  technique: 'Absolute and relative symbolic links to files of the host in the directory of artefacts',
  reference: 'compiler-explorer issue 6026',
  expected: 'Each link is reported as refused, and nothing is read through it',
  verdict: 'not-applicable',
  why: 'the same as host-artefact-symlink, which tests it where it happens: in what reads the artefacts',
};
