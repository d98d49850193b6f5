import { endedBy, limitFinding, type Trial } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

/** The limit is 300 ms; a busy host may be late. */
const LATEST_MS = 2000;

export const wallSleep: RunAttack = {
  kind: 'run',
  id: 'res-wall-sleep',
  category: 'resources',
  impact: 'S',
  tier: 1,
  title: 'Outstay the wall-clock limit without using the processor',
  technique: 'Sleeps for ever, stops itself with SIGSTOP, and sleeps with every signal blocked',
  reference: 'isolate 2.2 (wall clock fix), signal(7)',
  expected: 'Ended by the limit wall, by the clock of the supervisor or init',
  run: (context) =>
    limitFinding(context, {
      trials: ['pause', 'stop', 'deaf'].map((how) => ({
        ...stay(how),
        request: { limits: { wall: '300ms' } },
      })),
      judge: (result) => {
        const { runMs } = result.timings;
        if (runMs <= LATEST_MS) return endedBy('wall')(result);
        return { verdict: 'escaped', evidence: [`ran for ${runMs.toFixed(0)} ms`] };
      },
      control: { ...stay('pause'), name: 'a limit of 3 s', request: { limits: { wall: '3s' } } },
    }),
};

function stay(how: string): Trial {
  return { name: how, args: ['stay', how] };
}
