import { refused } from '#escape/judging.ts';
import { twoSided } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const keyring: RunAttack = {
  kind: 'run',
  id: 'ipc-keyring',
  category: 'ipc',
  impact: 'L',
  tier: 1,
  title: 'Keys that outlive a run',
  technique: 'add_key into the keyring of the user in one run, request_key and keyctl in another one',
  reference: 'isolate: “system-wide or per-user persistent memory”; keyrings(7)',
  expected: 'EPERM or ENOSYS for each, in both runs',
  run: attackKeyring,
};

async function attackKeyring(context: AttackContext): Promise<Finding> {
  const name = `warder-${context.canaries.token}`;
  const put = { name: 'first run', argv: ['key-put', name] };
  const look = { name: 'second run', argv: ['key-look', name, 'remove'] };
  const inside = [...(await context.probe([put])), ...(await context.probe([look]))];
  const answers = await context.probeAt('without:seccomp', [put, look]);
  const judge = refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['ENOKEY', 'EACCES', 'EDQUOT'] });
  return twoSided(context, judge, inside, { place: 'without:seccomp', answers });
}
