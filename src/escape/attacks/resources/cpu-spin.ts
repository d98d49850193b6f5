import { type JudgeRun, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

/** Polls and periods of 100 ms lie between a limit and its end. */
const MOST_MS = 700;
/** A quarter, and one period of 100 ms on two processors in which it is not yet enforced, in the second that it takes. */
const MOST_RATE = 0.5;

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
      trials: [{ name: 'a quarter', args, request: { limits: { cpu: 0.25, cpuTime: '300ms' } } }],
      judge,
      control: { name: "the policy's own limits", args, request: { limits: { wall: '3s' } } },
    });
  },
};

const judge: JudgeRun = ({ outcome, evidence, usage }) => {
  // Without what launcher and init needed before it began, which is not slowed down on a host that is slow itself.
  const spentMs = (usage.cpuUserMs ?? 0) + (usage.cpuSystemMs ?? 0);
  const rate = spentMs / (usage.wallMs ?? 1);
  const periods = evidence.group?.cpu.periods ?? 0;
  const text = `${JSON.stringify(outcome)}: ${spentMs.toFixed(0)} ms, ${rate.toFixed(2)} processors, ${periods} periods`;
  if (evidence.cpuTotalUs === null) return { verdict: 'error', evidence: ['no processor time was counted'] };
  // A busy host gives little to anybody, so that a rate alone shows nothing: the kernel counts periods where there is a quota.
  if (spentMs > MOST_MS || rate > MOST_RATE || periods === 0) return { verdict: 'escaped', evidence: [text] };
  const isLimit = outcome.kind === 'limit' && outcome.limit === 'cpuTime';
  return { verdict: isLimit ? 'contained' : 'error', evidence: [text] };
};
