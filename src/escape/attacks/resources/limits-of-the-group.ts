import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Claim, settle } from '#escape/claims.ts';
import { GROUP_LIMITS, groupLimitsOf, type HeldLimit } from '#escape/group-limits.ts';
import { lookDuring } from '#escape/host-processes.ts';
import type { AttackContext, Facts, Finding, ProbeCall, RunAttack } from '#escape/types.ts';
import { hasSwap } from './swap.ts';

/** How long the program lives; longer where a slow host did not show it in time. */
const LIVES_MS = [800, 2500, 8000];

export const limitsOfTheGroup: RunAttack = {
  kind: 'run',
  id: 'res-limits-unset',
  category: 'resources',
  impact: 'D',
  tier: 2,
  title: 'Memory, swap, tasks, processors, time and output that nobody limited',
  technique:
    'Finds the running program from outside, and reads what limits the control group that it is in; asks the policy for what the supervisor holds',
  reference: 'cgroup-v2.rst of the kernel: memory.max, memory.swap.max, pids.max, cpu.max',
  expected:
    'A group of its own with each of the four limits set, and limits of wall clock, stdout and stderr',
  applies: ({ cgroupDriver }) =>
    cgroupDriver === 'none' ? 'no control group is to be had here: see res-stand-ins' : null,
  run: attackLimits,
};

async function attackLimits(context: AttackContext): Promise<Finding> {
  const { facts, probe, probeAt } = context;
  const [own, swaps] = await Promise.all([ownGroups(), hasSwap()]);
  const wanted = GROUP_LIMITS.filter((limit) => limit !== 'swap' || swaps);
  const judge = (held: readonly HeldLimit[]): readonly Claim[] =>
    wanted.map((limit) => claimOf(limit, held, own));
  const inside = await observe(probe);
  const plain = await observe((calls) => probeAt('plain', calls));
  if (inside === null)
    return { verdict: 'error', evidence: ['on the host: the program was not found'], control: null };
  const broken = plain === null ? [] : judge(plain).filter(({ holds }) => !holds);
  return settle([...judge(inside), ...supervised(facts)], {
    place: 'plain',
    fired: broken.length > 0,
    evidence: broken.map(({ text }) => text),
  });
}

/** A limit of a group that the suite itself is in is not one of the run. */
function claimOf(limit: HeldLimit['limit'], held: readonly HeldLimit[], own: readonly string[]): Claim {
  const found = held.filter((one) => one.limit === limit && !own.includes(one.group));
  const text = found.map(({ file, value }) => `${file} ${value}`).join(', ');
  return {
    text: text === '' ? `${limit}: no group of its own` : text,
    holds: found.some(({ isSet }) => isSet),
  };
}

async function ownGroups(): Promise<readonly string[]> {
  const text = await readFile('/proc/self/cgroup', 'utf8');
  return text.split('\n').map((line) => line.split(':').slice(2).join(':'));
}

/** What no kernel holds. */
function supervised({ policy }: Facts): readonly Claim[] {
  return Object.entries(policy.supervised ?? {}).map(([name, value]) => ({
    text: `${name} ${value ?? 'unlimited'}`,
    holds: value !== null,
  }));
}

async function observe(
  start: (calls: readonly ProbeCall[]) => Promise<unknown>,
): Promise<readonly HeldLimit[] | null> {
  for (const liveMs of LIVES_MS) {
    const mark = randomBytes(16).toString('hex');
    const work = () => start([{ name: 'held', argv: ['hold', String(liveMs), mark] }]);
    const seen = await lookDuring(mark, work, async ([pid]) => {
      const held = pid === undefined ? [] : await groupLimitsOf(pid);
      return held.length > 0 ? held : null;
    });
    if (seen !== null) return seen;
  }
  return null;
}
