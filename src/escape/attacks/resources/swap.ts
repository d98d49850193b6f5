import { readFile } from 'node:fs/promises';
import { endedBy, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

export const swap: RunAttack = {
  kind: 'run',
  id: 'res-swap',
  category: 'resources',
  impact: 'D',
  tier: 2,
  title: 'Memory beyond the limit, in swap',
  technique: 'Anonymous pages of 64 MiB under 24 MiB of memory and no swap, on a host that has swap',
  reference: 'memory.swap.max of cgroup-v2.rst; isolate(1), "recommend turning off swap"',
  expected: 'Ended by the limit memory, as if the host had no swap',
  destructive: true,
  run: async (context) => {
    const args = ['eat', '64', 'anon'];
    if (!(await hasSwap()))
      return { verdict: 'not-applicable', evidence: ['/proc/swaps names no swap'], control: null };
    return limitFinding(context, {
      trials: [{ name: 'swap', args, request: { limits: { memory: '24MiB', swap: 0 } } }],
      judge: endedBy('memory'),
      control: { name: "the policy's own limit", args },
    });
  },
};

/** One line for each, below a heading (proc(5)). */
export async function hasSwap(): Promise<boolean> {
  const lines = (await readFile('/proc/swaps', 'utf8')).trim().split('\n');
  return lines.length > 1;
}
