import { type Claim, settle } from '#escape/claims.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const neighbour: RunAttack = {
  kind: 'run',
  id: 'mt-neighbour',
  category: 'persistence',
  impact: 'D',
  tier: 2,
  title: 'Starve a neighbour',
  technique:
    'Three runs use all of the processor time and tasks that they may have, while another one is timed',
  reference: 'gVisor PeerDoS; cgroup-v2.rst cpu.max',
  expected: 'The neighbour ends, in a time of the same order',
  run: starve,
};

const TIMES = 5;
/** Other things of the suite run meanwhile; a neighbour that is starved takes seconds. */
const MOST_FACTOR = 10;
const SLACK_MS = 250;

async function starve(context: AttackContext): Promise<Finding> {
  const alone = await fastest(context);
  const children = context.facts.policy.children ? '3' : '0';
  const limits = { cpu: 0.3, wall: '2s' };
  const greedy = [0, 1, 2].map(() =>
    runTrial(context, { args: ['spin', children, '10'], request: { limits } }),
  );
  const beside = await fastest(context);
  const ended = await Promise.all(greedy);
  const busyMs = ended.reduce((sum, { evidence }) => sum + (evidence.cpuTotalUs ?? 0) / 1000, 0);
  const text = `alone ${alone.toFixed(0)} ms, beside them ${beside.toFixed(0)} ms`;
  const claim: Claim = { text, holds: beside <= alone * MOST_FACTOR + SLACK_MS };
  const evidence = [`they used ${busyMs.toFixed(0)} ms of processor time`];
  return settle([claim], { place: 'the three runs', fired: busyMs > 500, evidence });
}

/** Milliseconds from request to result. */
async function fastest(context: AttackContext): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TIMES; turn++) {
    const { timings } = await runTrial(context, { args: ['ids'] });
    best = Math.min(best, timings.setupMs + timings.runMs);
  }
  return best;
}
