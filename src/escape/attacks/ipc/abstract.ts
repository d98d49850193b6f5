import { refused } from '#escape/judging.ts';
import { parseRelaxations, relax } from '#escape/relaxations.ts';
import { twoSidedAt } from '#escape/two-sided.ts';
import type { AttackContext, Finding, ProbeCall, RunAttack } from '#escape/types.ts';
import { meet } from './neighbours.ts';

const LOOK_MS = 200;

export const abstract: RunAttack = {
  kind: 'run',
  id: 'ipc-abstract',
  category: 'ipc',
  impact: 'L',
  tier: 1,
  title: 'Abstract sockets of other runs',
  technique: 'one run listens on an abstract address, another one connects again and again while it does',
  reference: 'unix(7): abstract addresses belong to the network namespace',
  expected: 'ECONNREFUSED; EPERM where Landlock answers first, EAFNOSUPPORT where the filter does',
  run: attackAbstract,
};

/** The second one where the filter gives no socket at all. */
const PLACES = ['without:networkNamespace+landlock', 'without:seccomp+networkNamespace+landlock'] as const;

async function attackAbstract(context: AttackContext): Promise<Finding> {
  const name = `warder-${context.canaries.token}`;
  const listen = (holdMs: number): readonly ProbeCall[] => [
    { name: 'listen', argv: ['abstract-listen', name, String(holdMs)] },
  ];
  const look = { name: 'look', argv: ['abstract-look', name, String(LOOK_MS)] };
  const met = await meet(context, listen, [look]);
  if (!met.overlapped) return { verdict: 'error', evidence: ['the two runs did not meet'], control: null };
  const judge = refused({ errnos: ['ECONNREFUSED', 'EPERM', 'EAFNOSUPPORT'] });
  const inside = [...met.during, ...met.after];
  return twoSidedAt(context, judge, inside, PLACES, async (place) => {
    const transform = relax(parseRelaxations(place.slice('without:'.length)));
    return (await meet(context, listen, [look], { transform })).during;
  });
}
