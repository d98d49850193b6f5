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

/** ENOSPC of a file system that is full, EPERM of a filter that knows no mknodat. */
const REFUSED: Readonly<Record<string, string>> = { '28': 'ENOSPC', '1': 'EPERM', '38': 'ENOSYS' };

const judge: JudgeRun = (result) => {
  const { data } = result.stdout;
  const errno = REFUSED[/^call mknodat (\d+) /m.exec(data)?.[1] ?? ''];
  if (errno === undefined) return endedBy('memory')(result);
  return { verdict: 'contained', evidence: [`mknodat: ${errno} after ${/^made (\d+)$/m.exec(data)?.[1]}`] };
};
