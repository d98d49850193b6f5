import { lstat, readdir } from 'node:fs/promises';
import { type Claim, settle } from '#escape/claims.ts';
import { call } from '#escape/probe-calls.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const cleanupFollow: RunAttack = {
  kind: 'run',
  id: 'host-cleanup-follow',
  category: 'host',
  impact: 'D',
  tier: 1,
  title: 'Links that a clean-up would follow',
  technique:
    'A farm of links to directories and files of the host in every writable directory, left at the end',
  reference: 'judge0 CVE-2024-28189 (chown and rm of what the program made)',
  expected: 'Nothing of the host is removed, changed or given away',
  run: leaveFarm,
};

const PLACES = ['/workspace', '/tmp', '/dev/shm'];
const EACH = 20;

async function leaveFarm(context: AttackContext): Promise<Finding> {
  const farm = `.warder-farm-${context.canaries.token}`;
  try {
    return await lookAfter(context, farm);
  } finally {
    const names = Array.from({ length: EACH }, (_, index) => `${farm}-${index}`);
    // Where a sandbox fails they are the host's.
    await context.probeAt('host', [{ name: 'unmark', argv: ['unmark', ...names] }]);
  }
}

async function lookAfter(context: AttackContext, farm: string): Promise<Finding> {
  const { canaries, facts } = context;
  const before = await snapshot(canaries.dir);
  const targets = [canaries.dir, canaries.file, '/'];
  const links = PLACES.flatMap((place) =>
    Array.from({ length: EACH }, (_, index) =>
      call(
        facts.arch,
        'symlinkat',
        `s:${targets[index % targets.length]}`,
        '-100',
        `s:${place}/${farm}-${index}`,
      ),
    ),
  );
  const args = [...links.flatMap((link) => [...link, ',']), 'list', ...PLACES];
  const result = await runTrial(context, { args });
  if (result.outcome.kind === 'denied')
    return { verdict: 'not-applicable', evidence: ['the filter ends a program that tries'], control: null };
  const left = result.stdout.data.split('\n').filter((line) => line.startsWith(`entry ${farm}-`)).length;
  const changed = await canaries.changed();
  const after = await snapshot(canaries.dir);
  const claims: Claim[] = [
    { text: `${changed.length} canaries changed`, holds: changed.length === 0 },
    { text: 'names, modes and owners are as before', holds: after.has('file') && hasAll(after, before) },
  ];
  const fired = left === PLACES.length * EACH;
  return settle(claims, { place: 'the farm itself', fired, evidence: [`${left} links were left`] });
}

/** Other attacks add names of their own meanwhile, and remove those. */
function hasAll(after: ReadonlyMap<string, string>, before: ReadonlyMap<string, string>): boolean {
  return ['file', 'secret', 'socket'].every((name) => after.get(name) === before.get(name));
}

async function snapshot(directory: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(directory);
  const entries = await Promise.all(
    names.map(async (name) => {
      const found = await lstat(`${directory}/${name}`).catch(() => null);
      return [
        name,
        found === null ? 'gone' : `${found.mode} ${found.uid} ${found.gid} ${found.size}`,
      ] as const;
    }),
  );
  return new Map(entries);
}
