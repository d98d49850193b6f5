import { probesWith, waitForProbe } from '#escape/host-processes.ts';
import { startProbe } from '#escape/probe-stage.ts';
import { combine } from '#escape/relaxations.ts';
import { allowsChildren } from '#escape/target.ts';
import { withControl } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

/** How long the other run lives; longer where it was gone before it could be attacked. */
const NEIGHBOUR_MS = [2000, 8000];
const START_MS = 10_000;

export const killAll: RunAttack = {
  kind: 'run',
  id: 'pr-kill-all',
  category: 'processes',
  impact: 'L',
  tier: 1,
  title: 'SIGKILL to everybody',
  technique: 'kill(-1, SIGKILL) beside another run under way, after a look that process 1 is not the host’s',
  reference: 'kill(2)',
  expected:
    'only the attacker’s own processes end: the other run and the supervisor come to their ends by themselves',
  destructive: true,
  applies: (facts) =>
    allowsChildren(facts)
      ? null
      : 'the policy allows one process, which kill(2) leaves out: nothing would show that it kills',
  run: attackEverybody,
};

async function attackEverybody(context: AttackContext): Promise<Finding> {
  let finding: Finding = { verdict: 'error', evidence: ['no run'], control: null };
  for (const liveMs of NEIGHBOUR_MS) {
    finding = await attackBeside(context, liveMs);
    if (finding.verdict !== 'error') break;
  }
  return finding;
}

async function attackBeside(context: AttackContext, liveMs: number): Promise<Finding> {
  const mark = `neighbour-${liveMs}-${context.canaries.token}`;
  const neighbour = context.probe([{ name: 'neighbour', argv: ['hold', String(liveMs), mark] }]);
  await waitForProbe(mark, START_MS);
  const { pid, namespaces } = context.canaries;
  const start = startProbe(['kill-all', String(pid), namespaces['pid'] ?? '']);
  const { outcome } = await context.run({ limits: { wall: '10s' } }, combine([context.withProbe, start]));
  const met = (await probesWith(mark)).length > 0;
  const ends = (await neighbour).map(({ end }) => end);
  const survived = ends.every((end) => end.kind === 'exited' && end.code === 0);
  // The attacker's own parent is the control: the signal was sent, and it kills.
  const fired = outcome.kind === 'signaled' && outcome.signal === 'SIGKILL';
  const control = { place: 'the attacker’s own parent', fired, evidence: [describe(outcome)] };
  if ((survived && !met) || ends.some(({ kind }) => kind === 'timeout'))
    return { verdict: 'error', evidence: ['the two runs did not meet'], control };
  const evidence = [`the other run: ${survived ? 'came to its end' : 'was ended'}`];
  return withControl({ verdict: survived ? 'contained' : 'escaped', evidence }, control);
}

function describe(outcome: { readonly kind: string; readonly signal?: string }): string {
  return outcome.signal === undefined ? outcome.kind : `${outcome.kind} ${outcome.signal}`;
}
