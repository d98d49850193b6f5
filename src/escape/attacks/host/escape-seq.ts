import { type Claim, settle } from '#escape/claims.ts';
import { oneLine } from '#escape/reports/escape-text.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const escapeSeq: RunAttack = {
  kind: 'run',
  id: 'host-escape-seq',
  category: 'host',
  impact: 'I',
  tier: 1,
  title: 'Control sequences for whoever reads the output',
  technique: 'OSC 52, OSC 8, CSI, DCS, C1 and bidirectional controls in the output of a program',
  reference: 'marmot mdk issue 993, daintree issue 3703, procs issue 950',
  expected:
    'Bytes unchanged in the result, escaped in its JSON, and shown, not sent, in what this suite prints. ' +
    'The live output of warder run on a terminal has tests of its own',
  run: printSequences,
};

const SEQUENCES: Readonly<Record<string, string>> = {
  'OSC 52': '\u001b]52;c;aGk=\u0007',
  'OSC 8': '\u001b]8;;http://example.org\u001b\\x',
  CSI: '\u001b[2J\u001b[31m',
  DCS: '\u001bP+q\u001b\\',
  C1: '\u009b31m',
  bidi: '\u202eabc\u2066',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const C0 = /[\u0000-\u001f]/;

async function printSequences(context: AttackContext): Promise<Finding> {
  const claims: Claim[] = [];
  let arrived = 0;
  for (const [name, text] of Object.entries(SEQUENCES)) {
    const result = await runTrial(context, { args: ['pieces', '2', Buffer.from(text).toString('hex')] });
    if (result.stderr.data === text) arrived += 1;
    claims.push({ text: `${name}: no C0 in the JSON`, holds: !C0.test(JSON.stringify(result)) });
    claims.push({ text: `${name}: shown, not sent`, holds: !OBEYED.test(oneLine(result.stderr.data)) });
  }
  const fired = arrived === Object.keys(SEQUENCES).length;
  return settle(claims, { place: 'the result itself', fired, evidence: [`${arrived} arrived unchanged`] });
}
