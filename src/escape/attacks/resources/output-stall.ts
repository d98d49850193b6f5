import { endedBy, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

const LATEST_MS = 2000;

export const outputStall: RunAttack = {
  kind: 'run',
  id: 'res-output-stall',
  category: 'resources',
  impact: 'D',
  tier: 2,
  title: 'A pipe that nobody empties',
  technique: 'Reads nothing of 32 MiB of standard input, and sleeps',
  reference: 'pipe(7); Firecracker production host set-up, serial console',
  expected: 'Ended by the limit wall; the supervisor does not wait for its write',
  run: (context) =>
    limitFinding(context, {
      trials: [{ name: 'unread', args: STAY, request: { stdin, limits: { wall: '500ms' } } }],
      judge: (result) => {
        const { runMs } = result.timings;
        if (runMs <= LATEST_MS) return endedBy('wall')(result);
        return { verdict: 'escaped', evidence: [`ran for ${runMs.toFixed(0)} ms`] };
      },
      control: { name: 'a limit of 3 s', args: STAY, request: { limits: { wall: '3s' } } },
    }),
};

const STAY = ['stay', 'pause'];
const stdin = new Uint8Array(32 * 1024 ** 2);
