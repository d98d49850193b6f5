import { refused } from '#escape/judging.ts';
import { relax } from '#escape/relaxations.ts';
import { twoSided } from '#escape/two-sided.ts';
import type { AttackContext, Finding, ProbeCall, RunAttack } from '#escape/types.ts';

export const execWritten: RunAttack = {
  kind: 'run',
  id: 'fs-exec-written',
  category: 'filesystem',
  impact: 'V',
  tier: 1,
  title: 'Execute a file that was written',
  technique:
    'execve of an executable file in the workspace, which is no program: ENOEXEC comes when every check was passed',
  reference: 'landlock(7), LANDLOCK_ACCESS_FS_EXECUTE; execve(2)',
  expected: 'EACCES from Landlock, or ended by the filter',
  applies: ({ policy }) =>
    policy.writtenFiles === 'deny'
      ? null
      : 'this policy lets the program execute what it wrote (execution.writtenFiles)',
  run: execute,
};

const CALLS: readonly ProbeCall[] = [{ name: 'execve', argv: ['exec', '/workspace/tool'] }];

async function execute(context: AttackContext): Promise<Finding> {
  const request = { files: [{ path: 'tool', content: 'no program\n', mode: '0755' }] };
  const place = 'without:landlock';
  const inside = await context.probe(CALLS, { request });
  const other = await context.probe(CALLS, { request, transform: relax(['landlock']) });
  const judge = refused({ errnos: ['EACCES'], reached: ['ENOEXEC'] });
  return twoSided(context, judge, inside, { place, answers: other });
}
