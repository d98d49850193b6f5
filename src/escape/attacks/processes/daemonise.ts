import { randomBytes } from 'node:crypto';
import { waitForNoProbe, waitForProbe } from '#escape/host-processes.ts';
import { allowsChildren } from '#escape/target.ts';
import { withControl } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

const FIND_MS = 1000;
/** The probe’s own end is later. */
const GONE_MS = 500;

export const daemonise: RunAttack = {
  kind: 'run',
  id: 'pr-daemonise',
  category: 'processes',
  impact: 'S',
  tier: 1,
  title: 'Live on after the run',
  technique:
    'a child of a child in a session of its own, with every descriptor closed; looked for on the host after the result',
  reference: 'bubblewrap without --die-with-parent leaves it; daemon(7)',
  expected: 'no process of it is left when the result is there',
  applies: (facts) => (allowsChildren(facts) ? null : 'the policy allows one process'),
  run: attackDaemon,
};

async function attackDaemon({ probe, probeAt }: AttackContext): Promise<Finding> {
  const inside = `daemon-${randomBytes(8).toString('hex')}`;
  const outside = `daemon-${randomBytes(8).toString('hex')}`;
  const answers = await probe([{ name: 'daemon', argv: ['daemon', inside] }]);
  const left = await waitForNoProbe(inside, GONE_MS);
  await probeAt('host', [{ name: 'daemon', argv: ['daemon', outside] }]);
  const found = await waitForProbe(outside, FIND_MS);
  for (const pid of found) process.kill(pid, 'SIGKILL');
  const forked = answers.some(({ calls }) =>
    calls.some(({ name, errno }) => name === 'fork' && errno === null),
  );
  const control = {
    place: 'host',
    fired: found.length > 0,
    evidence: [`${found.length} processes after its end`],
  };
  const evidence = [`${left.length} processes after its end`];
  if (!forked) return { verdict: 'error', evidence: ['the probe could not fork'], control };
  return withControl({ verdict: left.length > 0 ? 'escaped' : 'contained', evidence }, control);
}
