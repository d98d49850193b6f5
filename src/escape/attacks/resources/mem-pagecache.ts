import { endedBy, type JudgeRun, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

export const memPagecache: RunAttack = {
  kind: 'run',
  id: 'res-mem-pagecache',
  category: 'resources',
  impact: 'D',
  tier: 1,
  title: 'More memory than allowed, as the cache of files',
  technique: '24 files of 1 MiB written in /workspace and /tmp, which are their own page cache, under 16 MiB',
  reference: 'Firecracker production host set-up, noisy neighbours',
  expected: 'Ended by the limit memory, or ENOSPC at the size of the file system',
  destructive: true,

  run: (context) =>
    limitFinding(context, {
      trials: [{ name: 'files', args: FILES, request: { limits: { memory: '16MiB' } } }],
      judge,
      control: { name: "the policy's own limit", args: FILES },
    }),
};

const judge: JudgeRun = (result) =>
  /^call write 28 /m.test(result.stdout.data)
    ? { verdict: 'contained', evidence: ['write: ENOSPC'] }
    : endedBy('memory')(result);

/** Held open, so that nothing can be dropped; half in each, since the sizes of the two are limited as well. */
const FILES = ['eat', '1', ...places('/workspace'), ...places('/tmp')];

function places(directory: string): readonly string[] {
  return Array.from({ length: 12 }, (_, index) => `${directory}/.warder-page-${index}`);
}
