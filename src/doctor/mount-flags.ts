/** Whether what a launcher mounts is nosuid and nodev, seen from inside. */
import type { Trial } from '#launch/trial.ts';
import { howItEnded } from './survey.ts';
import type { TrialVerdict } from './types.ts';

export const SHOW_MOUNTS = ['/usr/bin/cat', '/proc/self/mountinfo'] as const;
/** Links to /usr on a merged system, by which a program finds its loader; dangling ones do no harm. */
export const LIBRARIES: readonly string[] = ['lib', 'lib64'];

const POINTS = ['/usr', '/proc', '/tmp'];
const FLAGS = ['nosuid', 'nodev'];

/** From what `SHOW_MOUNTS` printed in a sandbox with these mounts (proc_pid_mountinfo(5)). */
export function readMountFlags(trial: Trial): TrialVerdict {
  const mounts = new Map(
    trial.stdout.split('\n').map((line) => {
      const [, , , , point = '', options = ''] = line.split(' ');
      return [point, options.split(',')] as const;
    }),
  );
  if (trial.exitCode !== 0 || !POINTS.every((point) => mounts.has(point))) {
    return { answer: 'unclear', evidence: howItEnded(trial) };
  }
  const loose = POINTS.flatMap((point) => {
    const lacking = FLAGS.filter((flag) => !mounts.get(point)?.includes(flag));
    return lacking.length === 0 ? [] : [`${point} is not ${lacking.join(' and not ')}`];
  });
  return loose.length === 0
    ? { answer: 'yes', evidence: `${POINTS.join(', ')}: ${FLAGS.join(', ')}` }
    : { answer: 'no', evidence: loose.join('; ') };
}
