import type { AbsentAttack } from '#escape/types.ts';

export const noexecBypass: AbsentAttack = {
  kind: 'absent',
  id: 'sc-noexec-bypass',
  category: 'seccomp',
  impact: 'V',
  tier: 2,
  title: 'Execute a written file by way of the loader',
  technique: 'ld-linux.so FILE, or an interpreter with FILE as its argument',
  reference: 'Landlock and noexec look at execve, not at what a permitted program maps or reads',
  expected: 'Nothing is promised: who may read a file can interpret it',
  verdict: 'not-applicable',
  why: 'execution.writtenFiles is about execve: a loader or interpreter of the root file system may read any file, and paranoid has neither in its way',
};
