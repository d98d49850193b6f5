import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Claim, settle } from '#escape/claims.ts';
import { errorText } from '#escape/error-text.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import { loadPolicyFile, type MountOp, resolvePolicy } from '#internal.ts';

export const setupSymlink: RunAttack = {
  kind: 'run',
  id: 'host-setup-symlink',
  category: 'host',
  impact: 'E',
  tier: 1,
  title: 'A link in the way of the set-up',
  technique:
    'A policy with a mount point below a directory that others can write, in which a link leads to /oldroot and to a directory of the host',
  reference: 'CVE-2026-87766 of bubblewrap',
  expected:
    'Such a policy is refused, no plan has such an order, and the directory of the host stays as it was',
  run: tryPolicies,
};

async function tryPolicies(context: AttackContext): Promise<Finding> {
  const base = await mkdtemp(join(context.canaries.dir, 'setup-'));
  try {
    const shared = join(base, 'shared');
    const outside = join(base, 'outside');
    for (const path of [shared, outside]) await mkdir(path);
    await symlink(`/oldroot${outside}`, join(shared, 'old'));
    await symlink(outside, join(shared, 'new'));
    const verdicts = await Promise.all(
      ['old', 'new'].map((link) => tryPolicy(base, shared, `/data/${link}/made`)),
    );
    const plain = await tryPolicy(base, shared, '/beside');
    const names = await readdir(outside);
    const mounts = await plannedMounts(context);
    const claims: Claim[] = [
      ...verdicts.map((text) => ({ text: `nested: ${text}`, holds: text.startsWith('POLICY_') })),
      { text: `the directory of the host has ${names.length} entries`, holds: names.length === 0 },
      {
        text: `${mounts.length} steps of the set-up, none below what is writable`,
        holds: !hasNested(mounts),
      },
    ];
    return settle(claims, {
      place: 'the same mounts side by side',
      fired: plain === 'taken',
      evidence: [plain],
    });
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

async function tryPolicy(base: string, shared: string, target: string): Promise<string> {
  const mount = (where: string, readOnly: boolean) => ({
    type: 'bind',
    source: shared,
    target: where,
    readOnly,
  });
  const mounts = [mount('/data', false), mount(target, true)];
  const path = join(base, `${target.replaceAll('/', '-')}.json`);
  await writeFile(
    path,
    JSON.stringify({ version: 1, name: 'nested', extends: ['strict'], filesystem: { mounts } }),
  );
  try {
    resolvePolicy(await loadPolicyFile(path));
    return 'taken';
  } catch (error) {
    return errorText(error);
  }
}

async function plannedMounts(context: AttackContext): Promise<readonly MountOp[]> {
  const seen: MountOp[] = [];
  await runTrial(context, {
    args: ['ids'],
    transform: {
      jail: (jail) => {
        seen.push(...jail.mounts);
        return jail;
      },
    },
  });
  return seen;
}

/** Whether a step makes something below what the program, or whoever shares it, can write. */
function hasNested(mounts: readonly MountOp[]): boolean {
  const writable: string[] = [];
  for (const op of mounts) {
    const target = 'target' in op ? op.target : null;
    if (
      target !== null &&
      op.kind !== 'remountReadOnly' &&
      writable.some((path) => target.startsWith(`${path}/`))
    )
      return true;
    const isWritable = (op.kind === 'tmpfs' && op.control !== null) || (op.kind === 'bind' && !op.readOnly);
    if (isWritable && target !== null) writable.push(target);
  }
  return false;
}
