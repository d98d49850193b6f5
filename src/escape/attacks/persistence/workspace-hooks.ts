import { refused } from '#escape/judging.ts';
import type { Answers, Bind, Facts, JudgeContext, Judgement, ProbeAttack } from '#escape/types.ts';

/** It is no directory, no file that holds anything, or not called so here. */
const NOTHING_THERE = ['ENOENT', 'ENOTDIR', 'ENXIO', 'EISDIR'];

export const workspaceHooks: ProbeAttack = {
  kind: 'probe',
  id: 'per-workspace-hooks',
  category: 'persistence',
  impact: 'E',
  tier: 2,
  title: 'Files that tools of the host would obey',
  technique:
    'Makes a new hidden file in each directory that the host shares for writing, where .bashrc, .npmrc or .git/hooks could be as well, and removes it; opens each file that it shares so, and writes nothing',
  reference: 'mandatory deny list of sandbox-runtime',
  expected:
    'Nothing of the host is shared for writing, or the program may not write there: EACCES, EPERM, EROFS',
  applies: (facts) =>
    shared(facts).length > 0
      ? null
      : 'nothing of the host is shared for writing: /workspace is a tmpfs of the run',
  // The host has them under another name, at which the control finds them.
  probes: ({ token }, facts) =>
    shared(facts).flatMap(({ source, target }) => [
      { name: target, argv: ['open', 'w', target, source] },
      {
        name: `in ${target}`,
        argv: ['open', 'wc', `${target}/.warder-${token}`, `${source}/.warder-${token}`],
      },
    ]),
  judge: judgeShared,
  controls: ['host'],
  layers: [],
};

const judge = refused({ errnos: ['EACCES', 'EPERM', 'EROFS', ...NOTHING_THERE] });

function judgeShared(answers: Answers, context: JudgeContext): Judgement {
  const errnos = answers.flatMap(({ calls }) => calls.map(({ errno }) => errno));
  const isEmpty = errnos.length > 0 && errnos.every((errno) => NOTHING_THERE.includes(errno ?? ''));
  if (context.place === 'sandbox' || !isEmpty) return judge(answers, context);
  return { verdict: 'not-applicable', evidence: ['what the host shares is neither directory nor file'] };
}

function shared({ policy: { binds = [] } }: Facts): readonly Bind[] {
  return binds.filter(({ readOnly }) => !readOnly);
}
