import { randomBytes } from 'node:crypto';
import { settle } from '#escape/claims.ts';
import { waitForNoProbe, waitForProbe } from '#escape/host-processes.ts';
import { allowsChildren } from '#escape/target.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

const FIND_MS = 1000;
/** The probe’s own end is later. */
const GONE_MS = 500;
/** Between the end of the program, which comes at once, and that of what it leaves behind. */
const WALL = '10s';

export const daemonise: RunAttack = {
  kind: 'run',
  id: 'pr-daemonise',
  category: 'processes',
  impact: 'S',
  tier: 1,
  title: 'Live on after the run',
  technique:
    'a child of a child in a session of its own, with every descriptor closed, which would live for a minute; looked for on the host after the result',
  reference: 'bubblewrap without --die-with-parent leaves it; daemon(7)',
  expected: 'the run ends as the program does, and no process of it is left when the result is there',
  applies: (facts) => (allowsChildren(facts) ? null : 'the policy allows one process'),
  run: attackDaemon,
};

async function attackDaemon(context: AttackContext): Promise<Finding> {
  const inside = `daemon-${randomBytes(8).toString('hex')}`;
  const outside = `daemon-${randomBytes(8).toString('hex')}`;
  const request = { limits: { wall: WALL } };
  const { outcome, stdout } = await runTrial(context, { args: ['daemon', inside], request });
  const left = await waitForNoProbe(inside, GONE_MS);
  await context.probeAt('host', [{ name: 'daemon', argv: ['daemon', outside] }]);
  const found = await waitForProbe(outside, FIND_MS);
  for (const pid of [...left, ...found]) process.kill(pid, 'SIGKILL');
  const control = {
    place: 'host',
    fired: found.length > 0,
    evidence: [`${found.length} processes after its end`],
  };
  if (!/^call fork 0 /m.test(stdout.data))
    return { verdict: 'error', evidence: ['the probe could not fork'], control };
  const claims = [
    { text: `the run: ${JSON.stringify(outcome)}`, holds: outcome.kind === 'exited' },
    { text: `${left.length} processes after its end`, holds: left.length === 0 },
  ];
  return settle(claims, control);
}
