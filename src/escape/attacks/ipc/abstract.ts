import { refused } from '#escape/judging.ts';
import { relax } from '#escape/relaxations.ts';
import { twoSided } from '#escape/two-sided.ts';
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
  expected: 'ECONNREFUSED; EPERM where Landlock answers first',
  run: attackAbstract,
};

async function attackAbstract(context: AttackContext): Promise<Finding> {
  const name = `warder-${context.canaries.token}`;
  const listen = (holdMs: number): readonly ProbeCall[] => [
    { name: 'listen', argv: ['abstract-listen', name, String(holdMs)] },
  ];
  const look = { name: 'look', argv: ['abstract-look', name, String(LOOK_MS)] };
  const met = await meet(context, listen, [look]);
  const transform = relax(['networkNamespace', 'landlock']);
  const control = await meet(context, listen, [look], { transform });
  if (!met.overlapped) return { verdict: 'error', evidence: ['the two runs did not meet'], control: null };
  const judge = refused({ errnos: ['ECONNREFUSED', 'EPERM'] });
  const inside = [...met.during, ...met.after];
  return twoSided(context, judge, inside, {
    place: 'without:networkNamespace+landlock',
    answers: control.during,
  });
}
