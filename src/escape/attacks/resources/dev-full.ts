import { runTrial } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

export const devFull: RunAttack = {
  kind: 'run',
  id: 'res-dev-full',
  category: 'resources',
  impact: 'S',
  tier: 1,
  title: 'A full device in place of an output',
  technique: 'Writes to /dev/full, and puts it in place of standard error',
  reference: 'full(4)',
  expected: 'The program alone sees ENOSPC; its exit and its output are reported as ever',
  run: async (context) => {
    const result = await runTrial(context, { args: ['full'] });
    const { data } = result.stdout;
    const text = `${JSON.stringify(result.outcome)}, stderr ${result.stderr.bytes} bytes`;
    if (data.includes('call open 2 '))
      return { verdict: 'not-applicable', evidence: ['the policy grants no /dev/full'], control: null };
    const seen = ENOSPC_CALLS.every((line) => data.includes(line)) && result.ok && result.stderr.bytes === 0;
    const evidence = [text, 'the control is in it: the output after the device was put there arrived'];
    return { verdict: seen ? 'contained' : 'error', evidence, control: null };
  },
};

const ENOSPC_CALLS = ['call write 28 ', 'call stderr 28 ', 'end 0 exited 0'];
