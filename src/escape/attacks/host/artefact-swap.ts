import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Claim, settle } from '#escape/claims.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, ControlFinding, Finding, RunAttack } from '#escape/types.ts';
import { textOf } from './artifacts.ts';

export const artefactSwap: RunAttack = {
  kind: 'run',
  id: 'host-artefact-swap',
  category: 'host',
  impact: 'H',
  tier: 1,
  title: 'A file and a link that change places while files are collected',
  technique:
    'renameat2 with RENAME_EXCHANGE, 10 000 times and on in a process that is left behind, in each of five runs',
  reference: 'util-linux issue 4381; renameat2(2)',
  expected: 'What comes out is the file of the program or nothing; nothing of the host',
  run: collectSwapped,
};

const RUNS = 5;
const TIMES = '10000';
const READS = 5000;

async function collectSwapped(context: AttackContext): Promise<Finding> {
  const { canaries } = context;
  const args = ['swaps', '/workspace', canaries.file, TIMES, 'swap'];
  const claims: Claim[] = [];
  for (let turn = 1; turn <= RUNS; turn++) {
    const result = await runTrial(context, { args, request: { artifacts: ['**'] } });
    if (result.outcome.kind === 'denied')
      return { verdict: 'not-applicable', evidence: ['the filter ends a program that tries'], control: null };
    const contents = result.artifacts.map(({ data }) => data ?? '');
    const swapped = result.stdout.data.includes('call renameat2 0 ');
    const holds = swapped && contents.every((content) => content === 'own');
    claims.push({
      text: `run ${turn}: ${contents.length} files, ${result.artifactsRefused.length} refused`,
      holds,
    });
    claims.push({
      text: `run ${turn}: no token of the host`,
      holds: !textOf(result).includes(canaries.token),
    });
  }
  return settle(claims, await naiveReader(context));
}

/** The same, read by its path as it changes: the way in which collectors were fooled. */
async function naiveReader({ canaries, probeAt }: AttackContext): Promise<ControlFinding> {
  const directory = await mkdtemp(join(canaries.dir, 'swap-'));
  try {
    await probeAt('host', [{ name: 'swaps', argv: ['swaps', directory, canaries.file, '1', 'swap'] }]);
    for (let read = 1; read <= READS; read++) {
      const text = await readFile(join(directory, 'swap-a'), 'utf8').catch(() => '');
      const evidence = [`read ${read} by path had the token of the host`];
      if (text.includes(canaries.token)) return { place: 'host', fired: true, evidence };
    }
    return { place: 'host', fired: false, evidence: [`${READS} reads by path had no token`] };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
