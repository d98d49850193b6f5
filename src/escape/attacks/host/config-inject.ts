import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Claim, settle } from '#escape/claims.ts';
import { errorText } from '#escape/error-text.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import type { MountOp, PlanTransform } from '#internal.ts';

export const configInject: RunAttack = {
  kind: 'run',
  id: 'host-config-inject',
  category: 'host',
  impact: 'E',
  tier: 1,
  title: "Values that end a string of the launcher's configuration",
  technique:
    'Directories of the host whose names have quotes, braces, newlines, backslashes and options in them, mounted read-only at such names',
  reference: 'text format of protocol buffers; bubblewrap --args',
  expected: 'Each is mounted as named and stays read-only; a NUL is refused',
  run: mountHostileNames,
};

const NAMES = [
  'a" rw: true x: "',
  'b\nmount { src: ""',
  'c\\',
  "d'",
  'e }',
  'f\t#',
  '--bind',
  'h é\u202e',
  'i%s',
  'j:k,l',
];

async function mountHostileNames(context: AttackContext): Promise<Finding> {
  const base = await mkdtemp(join(context.canaries.dir, 'names-'));
  try {
    await chmod(base, 0o755);
    const claims: Claim[] = [];
    for (const [index, name] of NAMES.entries())
      claims.push(await mountName(context, join(base, name), name, index));
    const nul = await mountName(context, base, 'x\0y', 0, false);
    claims.push({ text: nul.text, holds: !nul.text.includes('call open 0') && nul.text.includes('refused') });
    const plain = await mountName(context, join(base, 'plain'), 'plain', 0);
    return settle(claims, { place: 'a plain name', fired: plain.holds, evidence: [plain.text] });
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

async function mountName(
  context: AttackContext,
  source: string,
  name: string,
  index: number,
  make = true,
): Promise<Claim> {
  const marker = `marker-${index}-of-this-name`;
  const shown = JSON.stringify(name);
  try {
    if (make) {
      await mkdir(source);
      await chmod(source, 0o755);
      await writeFile(join(source, 'file'), marker);
    }
    const target = `/.names/${name}`;
    const args = ['read', `${target}/file`, ',', 'open', 'wc', `${target}/new`];
    const { stdout } = await runTrial(context, {
      args: args.map((word) => word.replaceAll('\0', '')),
      transform: bindAt(source, target),
    });
    const read = stdout.data.includes(`data ${marker}`);
    const refused = / 30 -1\n/.test(stdout.data);
    return {
      text: `${shown}: ${read ? 'mounted' : 'not mounted'}, ${refused ? 'EROFS' : 'not read-only'}`,
      holds: read && refused,
    };
  } catch (error) {
    return { text: `${shown}: refused, ${errorText(error)}`, holds: name.includes('\0') };
  }
}

/** Right after the root, like the probe's own directory. */
function bindAt(source: string, target: string): PlanTransform {
  const op: MountOp = { kind: 'bind', source, target, readOnly: true };
  return { jail: (jail) => ({ ...jail, mounts: [...jail.mounts.slice(0, 1), op, ...jail.mounts.slice(1)] }) };
}
