import { startProbe } from '#escape/probe-stage.ts';
import { combine } from '#escape/relaxations.ts';
import { withControl } from '#escape/two-sided.ts';
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
    'writes status records of bubblewrap, nsjail and warder to stdout, looks for another descriptor that would take them, then ends with another status',
  reference: 'bubblewrap’s --json-status-fd; init.c of warder: the channel is not the program’s',
  expected: 'the status that the kernel has, for each of several',
  run: attackResult,
};

async function attackResult({ run, withProbe }: AttackContext): Promise<Finding> {
  const lies: string[] = [];
  let seen = 0;
  for (const code of CODES) {
    const start = startProbe(['inline', 'writable', '1023', ',', 'forge', FORGED, String(code)]);
    const { outcome, stdout } = await run({}, combine([withProbe, start]));
    if (stdout.data.includes('forged {')) seen++;
    if (!stdout.data.includes('taken 0\n'))
      lies.push(`another descriptor is open for writing: ${stdout.data}`);
    const isTrue = outcome.kind === 'exited' && outcome.exitCode === code;
    if (!isTrue) lies.push(`ended with ${code}, told as ${JSON.stringify(outcome)}`);
  }
  const control = {
    place: 'a reader of the program’s output',
    fired: seen === CODES.length,
    evidence: [`the forged records are in ${seen} of ${CODES.length} outputs`],
  };
  const evidence = lies.length > 0 ? lies : [`ended with ${CODES.join(', ')}, told as that`];
  return withControl({ verdict: lies.length > 0 ? 'escaped' : 'contained', evidence }, control);
}
