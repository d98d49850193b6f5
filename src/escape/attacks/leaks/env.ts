import { type Claim, settle } from '#escape/claims.ts';
import { contentOf } from '#escape/judging.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Facts, Finding, RunAttack } from '#escape/types.ts';

export const env: RunAttack = {
  kind: 'run',
  id: 'leak-env',
  category: 'leaks',
  impact: 'H',
  tier: 1,
  title: 'The environment of the supervisor',
  technique:
    "A token in the supervisor's environment, looked for in the environment and the arguments of the program and of process 1; each variable compared with what programs are promised",
  reference: 'piston issue 703; environ of proc(5)',
  expected:
    'The token is nowhere, and no variable but those that warder and the policy give, with their values',
  run: lookForToken,
};

const FILES = ['/proc/self/environ', '/proc/self/cmdline', '/proc/1/environ', '/proc/1/cmdline'];

async function lookForToken(context: AttackContext): Promise<Finding> {
  const { token } = context.canaries;
  const inside = await runTrial(context, { args: ['read', ...FILES] });
  const variables = await context.probe([{ name: 'environ', argv: ['read', '/proc/self/environ'] }]);
  const given = await runTrial(context, { args: ['read', ...FILES], request: { env: { GIVEN: token } } });
  const seen = given.stdout.data.includes(token);
  return settle(
    [
      {
        text: inside.ok ? 'environments and arguments were read' : JSON.stringify(inside.outcome),
        holds: inside.ok,
      },
      { text: 'no token of the host in them', holds: !inside.stdout.data.includes(token) },
      ...claimVariables(variables.map(contentOf).join(''), context.facts),
    ],
    {
      place: 'the same token, given by the request',
      fired: seen,
      evidence: [seen ? 'it was seen' : 'it was not'],
    },
  );
}

/** What every program has, whoever starts it (docs/languages.md). */
const PROMISED: Readonly<Record<string, string>> = {
  HOME: '/workspace',
  TMPDIR: '/tmp',
  LANG: 'C.UTF-8',
  USER: 'warder',
  TERM: 'dumb',
};
const USUAL_DIRECTORY = /^(?:\/usr)?(?:\/local)?\/s?bin$/;

/** A variable of the host can come alone, and with a value that no token is in. */
function claimVariables(environment: string, { policy }: Facts): readonly Claim[] {
  const variables = environment.split('\0').filter((text) => text !== '');
  const claims = variables.map((text): Claim => {
    const at = text.indexOf('=');
    const [name, value] = [text.slice(0, at), text.slice(at + 1)];
    const own = policy.environment?.includes(name) === true;
    return { text, holds: own || (name === 'PATH' ? !isPathOfHost(value) : PROMISED[name] === value) };
  });
  return [{ text: `${claims.length} variables`, holds: claims.length > 0 }, ...claims];
}

/** One of usual directories tells nothing, wherever it comes from. */
function isPathOfHost(path: string): boolean {
  return path === process.env['PATH'] && !path.split(':').every((part) => USUAL_DIRECTORY.test(part));
}
