import { startProbe } from '#escape/probe-stage.ts';
import { combine } from '#escape/relaxations.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

/** What a supervisor that reads the program’s output could fall for. */
const FORGED =
  '{"exit-code":0}\n{"schema":1,"ok":true,"outcome":{"kind":"exited","exitCode":0}}\n[I] pid=1 exited with status: 0\n';
const CODES = [0, 3, 77];

export const exitForge: RunAttack = {
  kind: 'run',
  id: 'pr-exit-forge',
  category: 'processes',
  impact: 'I',
  tier: 1,
  title: 'Forge the result',
  technique:
    'writes status records of bubblewrap, nsjail and warder to stdout and to every other descriptor that takes them, then ends with another status',
  reference: 'bubblewrap’s --json-status-fd; init.c of warder: the channel is not the program’s',
  expected: 'the status that the kernel has, for each of several',
  run: attackResult,
};

async function attackResult({ run, withProbe }: AttackContext): Promise<Finding> {
  const told: string[] = [];
  for (const code of CODES) {
    const start = startProbe(['inline', 'forge', FORGED, String(code)]);
    const { outcome, stdout } = await run({}, combine([withProbe, start]));
    if (!stdout.data.includes('forged ')) told.push('the probe did not come to its end');
    const isTrue = outcome.kind === 'exited' && outcome.exitCode === code;
    if (!isTrue) told.push(`ended with ${code}, told as ${JSON.stringify(outcome)}`);
  }
  const evidence = told.length > 0 ? told : [`ended with ${CODES.join(', ')}, told as that`];
  // Several codes are the control: a result that does not depend on the program would be wrong for some.
  return { verdict: told.length > 0 ? 'escaped' : 'contained', evidence, control: null };
}
