import { type Claim, settle } from '#escape/claims.ts';
import { call } from '#escape/probe-calls.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import { refusalsOf } from './artifacts.ts';

export const artefactHardlink: RunAttack = {
  kind: 'run',
  id: 'host-artefact-hardlink',
  category: 'host',
  impact: 'H',
  tier: 2,
  title: 'Hard links and special files in place of files',
  technique: 'A second name for a file, a FIFO and a socket, and every name asked for',
  reference: 'CVE-2026-26960 of node-tar; go-judge 8821125',
  expected: 'Refused by kind, without waiting on any of them',
  run: collectSpecials,
};

/** S_IFIFO and S_IFSOCK of inode(7), with 0600. */
const FIFO = '0x1180';
const SOCKET = '0xc180';
const EXPECTED: Readonly<Record<string, string>> = {
  first: 'hardLink',
  second: 'hardLink',
  fifo: 'fifo',
  socket: 'socket',
};

async function collectSpecials(context: AttackContext): Promise<Finding> {
  const { arch } = context.facts;
  const args = [
    ...call(arch, 'linkat', '-100', 's:/workspace/first', '-100', 's:/workspace/second', '0'),
    ',',
    ...call(arch, 'mknodat', '-100', 's:/workspace/fifo', FIFO, '0'),
    ',',
    ...call(arch, 'mknodat', '-100', 's:/workspace/socket', SOCKET, '0'),
  ];
  const files = ['first', 'plain'].map((path) => ({ path, content: path }));
  const result = await runTrial(context, { args, request: { files, artifacts: ['**'] } });
  if (result.outcome.kind === 'denied')
    return { verdict: 'not-applicable', evidence: ['the filter ends a program that tries'], control: null };
  const refusals = refusalsOf(result);
  const claims = Object.entries(EXPECTED)
    .filter(([name]) => name === 'first' || result.stdout.data.includes('mknodat 0'))
    .map(
      ([name, kind]): Claim => ({
        text: `${name}: ${refusals.get(name) ?? 'not told'}`,
        holds: refusals.get(name) === kind,
      }),
    );
  const paths = result.artifacts.map(({ path }) => path);
  return settle(claims, { place: 'the file beside them', fired: paths.join() === 'plain', evidence: paths });
}
