import { settle } from '#escape/claims.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const env: RunAttack = {
  kind: 'run',
  id: 'leak-env',
  category: 'leaks',
  impact: 'H',
  tier: 1,
  title: 'The environment of the supervisor',
  technique:
    "A token in the supervisor's environment, looked for in the environment and the arguments of the program and of process 1",
  reference: 'piston issue 703; environ of proc(5)',
  expected: 'The token is nowhere',
  run: lookForToken,
};

const FILES = ['/proc/self/environ', '/proc/self/cmdline', '/proc/1/environ', '/proc/1/cmdline'];

async function lookForToken(context: AttackContext): Promise<Finding> {
  const { token } = context.canaries;
  const inside = await runTrial(context, { args: ['read', ...FILES] });
  const given = await runTrial(context, { args: ['read', ...FILES], request: { env: { GIVEN: token } } });
  const seen = given.stdout.data.includes(token);
  return settle(
    [
      {
        text: inside.ok ? 'environments and arguments were read' : JSON.stringify(inside.outcome),
        holds: inside.ok,
      },
      { text: 'no token of the host in them', holds: !inside.stdout.data.includes(token) },
    ],
    {
      place: 'the same token, given by the request',
      fired: seen,
      evidence: [seen ? 'it was seen' : 'it was not'],
    },
  );
}
