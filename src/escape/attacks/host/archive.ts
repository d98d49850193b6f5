import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Claim, settle } from '#escape/claims.ts';
import { errorText } from '#escape/error-text.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import { rootfsCommands } from '#internal.ts';
import { tarOf } from './tar-of.ts';

export const archive: RunAttack = {
  kind: 'run',
  id: 'host-archive',
  category: 'host',
  impact: 'E',
  tier: 1,
  title: 'Archives that write elsewhere',
  technique:
    'Tar archives with ../, a file through a link, hard links to outside, a name twice, a device, and more bytes than allowed',
  reference: 'CVE-2026-23745, CVE-2026-26960 and CVE-2026-31802 of node-tar',
  expected: 'Refused, or inside the tree; the directory beside it stays as it was',
  run: unpackArchives,
};

const CASES: Readonly<Record<string, Parameters<typeof tarOf>[0]>> = {
  parents: [{ path: '../../outside/x' }],
  absolute: [{ path: '/outside/x' }],
  'through a link': [{ path: 'l', type: '2', link: '../outside' }, { path: 'l/x' }],
  'through an absolute link': [{ path: 'l', type: '2', link: 'OUTSIDE' }, { path: 'l/x' }],
  'hard link': [{ path: 'h', type: '1', link: '../outside/canary' }],
  twice: [{ path: 'a' }, { path: 'a' }],
  'link, then directory': [
    { path: 'd', type: '2', link: '../outside' },
    { path: 'd', type: '5' },
    { path: 'd/x' },
  ],
  device: [{ path: 'zero', type: '3' }],
  'too many bytes': [{ path: 'bomb', content: 'x'.repeat(5000) }],
};

async function unpackArchives(context: AttackContext): Promise<Finding> {
  const claims: Claim[] = [];
  for (const [name, entries] of Object.entries(CASES)) claims.push(await unpackOne(context, name, entries));
  const plain = await unpackOne(context, 'plain', [{ path: 'd', type: '5' }, { path: 'd/x' }]);
  const fired = plain.text.includes('unpacked: d');
  return settle(claims, { place: 'a plain archive', fired, evidence: [plain.text] });
}

async function unpackOne(
  { canaries }: AttackContext,
  name: string,
  entries: Parameters<typeof tarOf>[0],
): Promise<Claim> {
  const base = await mkdtemp(join(canaries.dir, 'archive-'));
  const [outside, spool, tree] = ['outside', 'spool', 'tree'].map((part) => join(base, part)) as [
    string,
    string,
    string,
  ];
  for (const path of [outside, spool, tree]) await mkdir(path);
  const { Unpacker } = await rootfsCommands();
  const resolved = entries.map((entry) => (entry.link === 'OUTSIDE' ? { ...entry, link: outside } : entry));
  try {
    const unpacker = new Unpacker(spool, { maxEntries: 100, maxBytes: 4096 });
    await unpacker.add(Readable.from([tarOf(resolved)]), { layer: false, specials: 'refuse' });
    await unpacker.place(tree);
    const text = `${name}: unpacked: ${(await readdir(tree)).join(', ')}`;
    return { text, holds: await isEmpty(outside) };
  } catch (error) {
    return { text: `${name}: ${errorText(error)}`, holds: await isEmpty(outside) };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

async function isEmpty(directory: string): Promise<boolean> {
  return (await readdir(directory)).length === 0;
}
