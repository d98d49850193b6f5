import { endedBy, type JudgeRun, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

export const memShared: RunAttack = {
  kind: 'run',
  id: 'res-mem-shared',
  category: 'resources',
  impact: 'D',
  tier: 1,
  title: 'More memory than allowed, in files and shared pages',
  technique:
    '16 shared mappings, 16 memfds and 12 files in /tmp of 1 MiB each, under 24 MiB; two files in /dev/shm of 1 MiB',
  reference: 'shared memory tests of snekbox; memory.stat shmem of cgroup-v2.rst',
  expected: 'Ended by the limit memory, or ENOSPC at the size of the file system',
  destructive: true,

  run: (context) =>
    limitFinding(context, {
      trials: [
        { name: 'shared', args: PIECES, request: { limits: { memory: '24MiB' } } },
        {
          name: '/dev/shm',
          args: ['eat', '1', '/dev/shm/.warder-a', '/dev/shm/.warder-b'],
          request: { limits: { shm: { size: '1MiB' } } },
        },
      ],
      judge: judge,
      control: { name: "the policy's own limit", args: PIECES },
    }),
};

/** No piece is larger than the smallest fileSize of a shipped policy. */
const PIECES = [
  'eat',
  '1',
  ...Array<string>(16).fill('shared'),
  ...Array<string>(16).fill('memfd'),
  ...Array.from({ length: 12 }, (_, index) => `/tmp/.warder-eat-${index}`),
];

const ENOSPC = 28;

/** A file system that is full refuses instead of ending the run. */
const judge: JudgeRun = (result) => {
  const { data } = result.stdout;
  if (result.ok && data.includes(`call write ${ENOSPC} `) && data.includes('refused '))
    return { verdict: 'contained', evidence: ['write: ENOSPC'] };
  return endedBy('memory')(result);
};
