import { randomBytes } from 'node:crypto';
import { type Claim, settle } from '#escape/claims.ts';
import { groupsLeft, groupsOf } from '#escape/group-limits.ts';
import { lookDuring } from '#escape/host-processes.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const leftovers: RunAttack = {
  kind: 'run',
  id: 'per-leftovers',
  category: 'persistence',
  impact: 'L',
  tier: 1,
  title: 'What the run before left',
  technique:
    'One run leaves files in /tmp, /dev/shm and /workspace, the next lists them; the control groups of a run are looked for when its result is there',
  reference: 'isolate --init',
  expected: 'The next run finds nothing of it, and its groups are gone',
  run: leaveAndLook,
};

const PLACES = ['/tmp', '/dev/shm', '/workspace'];
const LIST = ['list', ...PLACES];

async function leaveAndLook(context: AttackContext): Promise<Finding> {
  const name = `warder-${context.canaries.token}`;
  try {
    return await lookAfter(context, name);
  } finally {
    // Where a sandbox fails they are the host's.
    await context.probeAt('host', [{ name: 'unmark', argv: ['unmark', `${name}-a`, `${name}-b`] }]);
  }
}

async function lookAfter(context: AttackContext, name: string): Promise<Finding> {
  const leave = PLACES.flatMap((place) => ['swaps', place, '/nowhere', '1', name, ',']);
  const first = await runTrial(context, { args: [...leave, ...LIST] });
  const second = await runTrial(context, { args: LIST });
  const third = await runTrial(context, { args: LIST });
  const left = countEntries(first.stdout.data, name);
  if (first.outcome.kind === 'denied')
    return {
      verdict: 'not-applicable',
      evidence: ['the filter ends a program that makes such files'],
      control: null,
    };
  const claims = [second, third].map((result, index): Claim => {
    const count = countEntries(result.stdout.data, name);
    return { text: `run ${index + 2} finds ${count} files`, holds: result.ok && count === 0 };
  });
  const evidence = [`${left} files in the run that made them`];
  const groups = context.facts.cgroupDriver === 'none' ? [] : await groupsAfter(context);
  if (groups === null)
    return { verdict: 'error', evidence: ['on the host: the program was not found'], control: null };
  return settle([...claims, ...groups], { place: 'the run itself', fired: left > 0, evidence });
}

function countEntries(output: string, name: string): number {
  return output.split('\n').filter((line) => line.startsWith(`entry ${name}-`)).length;
}

/** How long the program lives; longer where a slow host did not show it in time. */
const LIVES_MS = [800, 2500, 8000];

/** null when the program was not seen from outside. */
async function groupsAfter({ probe }: AttackContext): Promise<readonly Claim[] | null> {
  for (const liveMs of LIVES_MS) {
    const mark = randomBytes(16).toString('hex');
    const work = () => probe([{ name: 'held', argv: ['hold', String(liveMs), mark] }]);
    const groups = await lookDuring(mark, work, async ([pid]) => {
      const found = pid === undefined ? [] : await groupsOf(pid);
      return found.length > 0 ? found : null;
    });
    if (groups === null) continue;
    const left = await groupsLeft(groups);
    const text = left.length === 0 ? `${groups.length} groups are gone` : `still there: ${left.join(', ')}`;
    return [{ text, holds: left.length === 0 }];
  }
  return null;
}
