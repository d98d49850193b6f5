import { refused, valuesOf } from '#escape/judging.ts';
import { twoSided } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import { meet } from './neighbours.ts';

const PLACES = ['/tmp', '/dev/shm', '/workspace', '/var/tmp', '/run', '/dev/mqueue'];

export const files: RunAttack = {
  kind: 'run',
  id: 'ipc-files',
  category: 'ipc',
  impact: 'L',
  tier: 1,
  title: 'Files of other runs in /tmp, /dev/shm and the workspace',
  technique:
    'a file wherever one can be written, looked for by a run at the same time, by one afterwards, and on the host',
  reference: 'shm_overview(7); isolate’s --init',
  expected: 'ENOENT everywhere',
  run: attackFiles,
};

async function attackFiles(context: AttackContext): Promise<Finding> {
  const name = `warder-${context.canaries.token}`;
  try {
    return await leaveAndLook(context, name);
  } finally {
    // Where a sandbox fails they are the host's.
    await context.probeAt('host', [{ name: 'unmark', argv: ['unmark', name] }]);
  }
}

async function leaveAndLook(context: AttackContext, name: string): Promise<Finding> {
  const make = { name: 'make', argv: ['marks', name] };
  const look = { name: 'look', argv: ['access', '0', ...PLACES.map((place) => `${place}/${name}`)] };
  const met = await meet(context, [make], [look]);
  const onHost = await context.probeAt('host', [look]);
  const made = met.maker.flatMap((answer) => valuesOf(answer, 'made'));
  if (!met.overlapped || made.length === 0)
    return {
      verdict: 'error',
      evidence: ['the two runs did not meet, or nothing could be made'],
      control: null,
    };
  const answers = await context.probe([make, look]);
  const judge = refused({ errnos: ['ENOENT', 'ENOTDIR'] });
  const place = 'the run that made them';
  const finding = twoSided(context, judge, [...met.during, ...met.after, ...onHost], { place, answers });
  return { ...finding, evidence: [`made in ${made.join(', ')}`, ...finding.evidence] };
}
