import { endedBy, type JudgeRun, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

export const inodeFlood: RunAttack = {
  kind: 'run',
  id: 'res-inode-flood',
  category: 'resources',
  impact: 'D',
  tier: 1,
  title: 'More inodes than there is room for',
  technique: 'Two hundred thousand empty files in /tmp, under 24 MiB of memory',
  reference: 'isolate --quota blocks,inodes; memory of tmpfs inodes is charged (mm/shmem.c)',
  expected: 'ENOSPC from the inode limit of the file system, or ended by the limit memory',
  destructive: true,

  run: (context) =>
    limitFinding(context, {
      trials: [
        { name: 'inodes', args: ['inodes', '/tmp', '200000'], request: { limits: { memory: '24MiB' } } },
      ],
      judge: judge,
      control: { name: 'two thousand', args: ['inodes', '/tmp', '2000'] },
    }),
};

const ENOSPC = 28;

const judge: JudgeRun = (result) => {
  const { data } = result.stdout;
  if (!data.includes(`call mknodat ${ENOSPC} `)) return endedBy('memory')(result);
  return { verdict: 'contained', evidence: [`mknodat: ENOSPC after ${/^made (\d+)$/m.exec(data)?.[1]}`] };
};
