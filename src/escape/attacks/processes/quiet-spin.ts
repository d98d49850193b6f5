import type { RunAttack } from '#escape/types.ts';
import { outlive } from './outlive.ts';

export const quietSpin: RunAttack = {
  kind: 'run',
  id: 'pr-close-stdio-spin',
  category: 'processes',
  impact: 'S',
  tier: 1,
  title: 'Close stdio and compute',
  technique: 'closes every descriptor, so that the supervisor sees the end of both streams, and computes on',
  reference: 'go-judge and DMOJ: time limits',
  expected: 'limit wall, at the limit and the time that killing takes',
  run: (context) => outlive(context, ['quiet-spin']),
};
