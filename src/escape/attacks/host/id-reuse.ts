import { type Claim, settle } from '#escape/claims.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const idReuse: RunAttack = {
  kind: 'run',
  id: 'host-id-reuse',
  category: 'host',
  impact: 'L',
  tier: 2,
  title: 'Two runs with one id',
  technique: 'Eight runs at once that ask for the same id, each with a file of its own',
  reference: 'piston (++id % 999); nsjail (EEXIST of a group is no error)',
  expected: 'Each sees its own file and no other; the id names results, never places',
  run: runTogether,
};

const TOGETHER = 8;

async function runTogether(context: AttackContext): Promise<Finding> {
  const runs = Array.from({ length: TOGETHER }, (_, index) =>
    runTrial(context, {
      args: ['list', '/workspace'],
      request: { id: 'same-id', files: [{ path: `own-${index}`, content: 'x' }] },
    }),
  );
  const results = await Promise.all(runs);
  const claims = results.map(({ stdout, ok }, index): Claim => {
    const seen = stdout.data.split('\n').filter((line) => line.startsWith('entry '));
    return { text: `run ${index}: ${seen.join(', ')}`, holds: ok && seen.join() === `entry own-${index}` };
  });
  const ids = new Set(results.map(({ id }) => id));
  return settle(claims, {
    place: 'the ids of the results',
    fired: ids.size === 1,
    evidence: [[...ids].join(', ')],
  });
}
