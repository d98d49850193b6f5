import { type Claim, settle } from '#escape/claims.ts';
import { PROBE_INSIDE } from '#escape/probe-stage.ts';
import { combine } from '#escape/relaxations.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import type { PlanTransform } from '#internal.ts';

export const argvInject: RunAttack = {
  kind: 'run',
  id: 'host-argv-inject',
  category: 'host',
  impact: 'E',
  tier: 1,
  title: 'Arguments and variables that a launcher or a shell would obey',
  technique: '--bind / /, ;, $(…), quotes, newlines, = and blanks as argv, environment and names of files',
  reference: 'judge0 (gsub of shell characters); bubblewrap, options end with --',
  expected: 'Each arrives byte for byte, as an argument',
  run: sendWords,
};

const WORDS = [
  '--bind',
  '/',
  '--',
  '--config',
  '-Mo',
  '; id',
  '$(id)',
  '`id`',
  '&& id',
  '| id',
  "' id '",
  '" id "',
  'a\nb',
  '\\',
  '%s%n',
  '',
  ' ',
  '*',
  'é\u202e',
];

const WORDS_OF_PROBE: PlanTransform = {
  program: (plan) => {
    const [, ...words] = plan.spec.argv;
    const argv = [PROBE_INSIDE, 'inline', 'words', ...words, ',', 'read', '/proc/self/environ'];
    return { ...plan, spec: { ...plan.spec, argv } };
  },
};

async function sendWords(context: AttackContext): Promise<Finding> {
  // Its name alone is the suite's: a tree is chosen by a command that it has.
  const argv = ['sh', ...WORDS];
  const env = Object.fromEntries(WORDS.map((word, index) => [`WORD_${index}`, word]));
  const { stdout, outcome } = await context.run({ argv, env }, combine([context.withProbe, WORDS_OF_PROBE]));
  const lines = stdout.data.split('\n');
  const arrived = lines.filter((line) => line.startsWith('word ')).map((line) => line.slice('word '.length));
  const environment = lines
    .filter((line) => line.startsWith('data '))
    .map((line) => line.slice('data '.length))
    .join('');
  const claims = WORDS.map((word, index): Claim => {
    const holds =
      arrived[index] === escaped(word) && environment.includes(`WORD_${index}=${escaped(word)}\\x00`);
    return { text: `${JSON.stringify(word)}: ${holds ? 'unchanged' : `argument ${arrived[index]}`}`, holds };
  });
  const fired = arrived.length === WORDS.length;
  return settle(claims, {
    place: 'words of the probe',
    fired,
    evidence: [`${arrived.length} arrived, ${JSON.stringify(outcome)}`],
  });
}

/** As the probe prints bytes. */
function escaped(word: string): string {
  return [...Buffer.from(word)]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}
