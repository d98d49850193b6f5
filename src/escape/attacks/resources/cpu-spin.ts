import { type JudgeRun, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

/** Polls and periods of 100 ms lie between a limit and its end. */
const MOST_MS = 700;
const RATE = 0.25;
/** One period more, in which it is not yet enforced. */
const MOST_RATE = 0.4;

export const cpuSpin: RunAttack = {
  kind: 'run',
  id: 'res-cpu-spin',
  category: 'resources',
  impact: 'D',
  tier: 1,
  title: 'More processor time than allowed',
  technique:
    'Busy loops in several processes at once, under a quarter of a processor and 300 ms of processor time',
  reference: 'judge0 1.13.0 (settings without effect), cgroup-v2.rst cpu.max',
  expected: 'Ended by the limit cpuTime, after at least as much time as the rate asks for',
  run: (context) => {
    const children = context.facts.policy.children ? '3' : '0';
    const args = ['spin', children, '10'];
    return limitFinding(context, {
      trials: [{ name: 'a quarter', args, request: { limits: { cpu: RATE, cpuTime: '300ms' } } }],
      judge,
      control: { name: "the policy's own limits", args, request: { limits: { wall: '3s' } } },
    });
  },
};

const judge: JudgeRun = ({ outcome, evidence, usage }) => {
  const spentMs = (evidence.cpuTotalUs ?? 0) / 1000;
  const rate = spentMs / (usage.wallMs ?? 1);
  const { cpuThrottled } = evidence;
  const text = `${JSON.stringify(outcome)}: ${spentMs.toFixed(0)} ms, ${rate.toFixed(2)} processors, throttled ${cpuThrottled ?? 'unknown'}`;
  if (evidence.cpuTotalUs === null) return { verdict: 'error', evidence: ['no processor time was counted'] };
  // A busy host gives little to anybody: what exceeds the rate was to be held back.
  const isFree = cpuThrottled === 0 && rate > RATE;
  if (spentMs > MOST_MS || rate > MOST_RATE || isFree) return { verdict: 'escaped', evidence: [text] };
  const isLimit = outcome.kind === 'limit' && outcome.limit === 'cpuTime';
  return { verdict: isLimit ? 'contained' : 'error', evidence: [text] };
};
