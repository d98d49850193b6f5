import { startProbe } from '#escape/probe-stage.ts';
import { combine } from '#escape/relaxations.ts';
import { withControl } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

/** Well above what launcher, init and probe need, well below every policy's limit. */
const TOUCHED_BYTES = 48 * 1024 ** 2;
/** What the figure may be off: the kernel charges in batches per processor, and our own share is taken out. */
const SLACK_BYTES = 1024 ** 2;

export const startRace: RunAttack = {
  kind: 'run',
  id: 'cg-start-race',
  category: 'cgroups',
  impact: 'S',
  tier: 1,
  title: 'Memory taken before the limits are there',
  technique:
    'touches 48 MiB as the first thing the program does, and looks whether the group has it: pages stay with the group that a process was in when it touched them',
  reference: 'cgroup-v2.rst of the kernel, “Memory Ownership”',
  expected: 'the peak of the group has what was touched',
  run: attackStart,
};

async function attackStart(context: AttackContext): Promise<Finding> {
  const touched = await peakOf(context, TOUCHED_BYTES);
  const idle = await peakOf(context, 0);
  const evidence = [
    `${TOUCHED_BYTES} bytes touched, peak of the group ${touched.bytes}, from ${touched.source}`,
  ];
  const control = {
    place: 'nothing touched',
    fired: idle.bytes !== null && idle.bytes < TOUCHED_BYTES,
    evidence: [`peak of the group ${idle.bytes}`],
  };
  if (touched.bytes === null)
    return { verdict: 'not-applicable', evidence: ['memory is not measured on this host'], control: null };
  const verdict = touched.bytes + SLACK_BYTES >= TOUCHED_BYTES ? 'contained' : 'escaped';
  return withControl({ verdict, evidence }, control);
}

async function peakOf(
  { run, withProbe }: AttackContext,
  bytes: number,
): Promise<{ readonly bytes: number | null; readonly source: string }> {
  const start = startProbe(['inline', 'touch', String(bytes)]);
  const { usage } = await run({}, combine([withProbe, start]));
  return { bytes: usage.memoryPeakBytes, source: usage.sources.memoryPeakBytes ?? 'nowhere' };
}
