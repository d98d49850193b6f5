import { type Claim, settle } from '#escape/claims.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const unicodeSplit: RunAttack = {
  kind: 'run',
  id: 'host-unicode-split',
  category: 'host',
  impact: 'I',
  tier: 2,
  title: 'Characters that are cut between two writes',
  technique:
    'A character of three bytes in three writes, NUL, a byte order mark, overlong forms, a lone surrogate',
  reference: 'snekbox unicode tests; piston (stdout += data)',
  expected: 'The bytes arrive unchanged: as text where they are UTF-8, else in base64',
  run: cutCharacters,
};

const CASES: Readonly<Record<string, readonly string[]>> = {
  'a character in three writes': ['e2', '82', 'ac'],
  'four bytes in two': ['f09f', '9880'],
  'NUL and a byte order mark': ['00', 'efbbbf', '41'],
  'a lone surrogate': ['eda0', '80'],
  'an overlong slash': ['c0', 'af'],
  'never UTF-8': ['fe', 'ff'],
};

async function cutCharacters(context: AttackContext): Promise<Finding> {
  const claims: Claim[] = [];
  for (const [name, pieces] of Object.entries(CASES)) {
    const { stderr } = await runTrial(context, { args: ['pieces', '2', ...pieces] });
    const kept = Buffer.from(stderr.data, stderr.encoding === 'base64' ? 'base64' : 'utf8').toString('hex');
    const text = `${name}: ${kept} as ${stderr.encoding}`;
    claims.push({ text, holds: kept === pieces.join('') && stderr.bytes === pieces.join('').length / 2 });
  }
  const { stderr } = await runTrial(context, { args: ['pieces', '2', '41', '42'] });
  return settle(claims, { place: 'plain letters', fired: stderr.data === 'AB', evidence: [stderr.data] });
}
