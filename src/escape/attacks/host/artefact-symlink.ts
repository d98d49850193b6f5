import { type Claim, settle } from '#escape/claims.ts';
import { call } from '#escape/probe-calls.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import { refusalsOf, textOf } from './artifacts.ts';

export const artefactSymlink: RunAttack = {
  kind: 'run',
  id: 'host-artefact-symlink',
  category: 'host',
  impact: 'H',
  tier: 1,
  title: 'Links in place of files that are collected',
  technique:
    'Links to a file, a directory and a chain of links of the host, to nowhere, to /proc/self/fd, and every name asked for',
  reference: 'Compiler Explorer issue 6026; go-judge issue 176; judge0',
  expected: 'No link is followed, each is told as refused, and the file beside them comes out',
  run: collectLinks,
};

async function collectLinks(context: AttackContext): Promise<Finding> {
  const { canaries, facts } = context;
  const links: Readonly<Record<string, string>> = {
    file: canaries.file,
    passwd: '/etc/passwd',
    directory: canaries.dir,
    chain: 'file',
    dangling: '/nowhere',
    descriptor: '/proc/self/fd/0',
    up: '../../../../../../..',
  };
  const made = Object.entries(links).flatMap(([name, target]) => [
    ...call(facts.arch, 'symlinkat', `s:${target}`, '-100', `s:/workspace/${name}`),
    ',',
  ]);
  const files = [{ path: 'plain', content: 'plain' }];
  const result = await runTrial(context, { args: [...made, 'ids'], request: { files, artifacts: ['**'] } });
  if (result.outcome.kind === 'denied')
    return { verdict: 'not-applicable', evidence: ['the filter ends a program that tries'], control: null };
  const refusals = refusalsOf(result);
  const claims = Object.keys(links).map((name): Claim => {
    const why = refusals.get(name) ?? 'not told';
    return { text: `${name}: ${why}`, holds: why === 'symlink' };
  });
  const paths = result.artifacts.map(({ path }) => path);
  const only: Claim = {
    text: `came out: ${paths.join(', ')}`,
    holds: paths.every((path) => path === 'plain'),
  };
  const clean: Claim = { text: 'no token of the host', holds: !textOf(result).includes(canaries.token) };
  return settle([...claims, only, clean], {
    place: 'the file beside them',
    fired: textOf(result) === 'plain',
    evidence: paths,
  });
}
