import type { RunAttack } from '#escape/types.ts';
import { outlive } from './outlive.ts';

export const ignoreTerm: RunAttack = {
  kind: 'run',
  id: 'pr-ignore-term',
  category: 'processes',
  impact: 'S',
  tier: 1,
  title: 'Ignore every signal, stop process 1',
  technique:
    'ignores and blocks all signals, sends SIGSTOP to process 1, takes a session of its own, and sleeps',
  reference: 'pid_namespaces(7): process 1 takes no signal from inside that it does not handle',
  expected: 'limit wall, at the limit and the time that killing takes',
  run: (context) => outlive(context, ['stubborn', context.canaries.namespaces['pid'] ?? '']),
};
