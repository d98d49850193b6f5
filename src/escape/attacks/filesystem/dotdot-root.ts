import { describeEnd, valuesOf } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

const STARTS = ['/', '.', '/tmp', '/dev/shm', '/proc/self/cwd', '/usr'];

const NOT_THERE = ['ENOENT', 'ENOTDIR', 'EACCES'];

export const dotdotRoot: ProbeAttack = {
  kind: 'probe',
  id: 'fs-dotdot-root',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'Climb above the root with ..',
  technique:
    'openat(dir, "..") up to 64 times from several directories, then looks for a file of the host from there',
  reference: 'path_resolution(7), pivot_root(2)',
  expected: 'The inode at the top is that of /, and the file of the host is not below it',
  probes: ({ file }) =>
    STARTS.map((start) => ({ name: start, argv: ['climb', start, 'canary', file.slice(1)] })),
  judge: judgeClimbs,
  controls: ['plain', 'host'],
  layers: [],
};

function judgeClimbs(answers: Answers): Judgement {
  const evidence = answers.map((answer) => {
    const [top] = valuesOf(answer, 'top');
    const [root] = valuesOf(answer, 'root');
    const canary = answer.calls.find(({ name }) => name === 'canary');
    return { name: answer.name, top, root, canary, end: describeEnd(answer) };
  });
  const text = evidence.map(
    ({ name, top, root, canary }) =>
      `${name}: top ${top}, root ${root}, canary ${canary?.errno ?? 'in reach'}`,
  );
  if (evidence.some(({ end, canary, top }) => end !== null || canary === undefined || top === undefined))
    return { verdict: 'error', evidence: [...text, ...evidence.flatMap(({ end }) => end ?? [])] };
  if (evidence.some(({ top, root, canary }) => top !== root || canary?.errno === null))
    return { verdict: 'escaped', evidence: text };
  const isAbsent = evidence.every(({ canary }) => NOT_THERE.includes(canary?.errno ?? ''));
  return { verdict: isAbsent ? 'contained' : 'error', evidence: text };
}
