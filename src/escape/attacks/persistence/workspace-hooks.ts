import type { AbsentAttack } from '#escape/types.ts';

export const workspaceHooks: AbsentAttack = {
  kind: 'absent',
  id: 'per-workspace-hooks',
  category: 'persistence',
  impact: 'E',
  tier: 2,
  title: 'Files that tools of the host would obey',
  technique: 'Writes .git/hooks, .bashrc, .npmrc, .vscode into a directory that the host shares',
  reference: 'mandatory deny list of sandbox-runtime',
  expected: 'Denied, or nothing is shared',
  verdict: 'not-applicable',
  why: 'nothing of the host is shared for writing: /workspace is a tmpfs of the run; a policy with writable mounts says so itself',
};
