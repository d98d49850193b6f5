import { settle } from '#escape/claims.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const logForge: RunAttack = {
  kind: 'run',
  id: 'host-log-forge',
  category: 'host',
  impact: 'I',
  tier: 1,
  title: 'Forge the result',
  technique:
    "Lines like those of the launchers and of this suite on both outputs; looks for a descriptor from 3 to 255 that would take frames of init's protocol",
  reference: 'snekbox (a log file of its own, read strictly)',
  expected: 'The outcome is what init saw; the forged bytes are output and nothing else',
  run: forge,
};

/** `[I][…] pid=… exited with status: 42`, a status line of bubblewrap, a verdict of this suite. */
const LINES = [
  '[I][2026-01-01T00:00:00+0000] pid=2 ([STANDALONE MODE]) exited with status: 42, (PIDs left: 0)',
  '{ "exit-code": 42 }',
  '{ "schema": 1, "ok": true, "outcome": { "kind": "exited", "exitCode": 42 } }',
  'call forged 0 0',
  'bwrap: execvp /bin/sh: No such file or directory',
  '',
].join('\n');

async function forge(context: AttackContext): Promise<Finding> {
  const hex = Buffer.from(LINES).toString('hex');
  const args = ['pieces', '1', hex, ',', 'pieces', '2', hex, ',', 'writable', '255'];
  const { outcome, evidence, stdout, stderr, ok } = await runTrial(context, { args });
  const taken = /^taken (\d+)$/m.exec(stdout.data)?.[1] ?? '?';
  const isTrue = ok && evidence.firstCause === null && evidence.waitStatus === 0;
  const arrived = stdout.data.includes(LINES) && stderr.data === LINES;
  return settle(
    [
      { text: `${JSON.stringify(outcome)}, wait status ${evidence.waitStatus}`, holds: isTrue },
      { text: `${taken} descriptors would take frames`, holds: taken === '0' },
    ],
    {
      place: 'the same bytes as output',
      fired: arrived,
      evidence: [arrived ? 'arrived unchanged' : 'did not arrive'],
    },
  );
}
