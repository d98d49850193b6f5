import { contentOf, describeCall, describeEnd, worst } from '#escape/judging.ts';
import type { Answers, AttackContext, Finding, Judgement, ProbeCall, RunAttack } from '#escape/types.ts';
import { isWarderError } from '#index.ts';

/** init's descriptors and a few more. */
const DESCRIPTORS = [3, 4, 5, 6, 7, 8, 9, 10];

export const leakedCwd: RunAttack = {
  kind: 'run',
  id: 'fs-leaked-cwd',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'A working directory outside of the root',
  technique:
    'Starts with the working directory at /proc/self/fd/N of whoever starts the program, then .. to a file of the host',
  reference: 'CVE-2024-21626',
  expected: 'The run is refused, or its working directory has a path inside and .. ends at /',
  run: attackCwd,
};

function walk(file: string): readonly ProbeCall[] {
  return [
    { name: 'cwd', argv: ['link', '/proc/self/cwd'] },
    { name: 'walk', argv: ['access', '4', `../../../../../../..${file}`] },
  ];
}

async function attackCwd({ canaries, probe, probeAt }: AttackContext): Promise<Finding> {
  const calls = walk(canaries.file);
  const judgements = [judgeCwd(await probe(calls))];
  for (const number of DESCRIPTORS) judgements.push(await judgeDescriptor(number, probe, calls));
  const control = judgeCwd(await probeAt('plain', calls));
  const fired = control.verdict === 'escaped';
  const verdict = worst(judgements.map((one) => one.verdict));
  return {
    verdict: verdict === 'contained' && !fired ? 'not-tested' : verdict,
    evidence: judgements.flatMap(({ evidence }) => evidence),
    control: { place: 'plain', fired, evidence: control.evidence },
  };
}

async function judgeDescriptor(
  number: number,
  probe: AttackContext['probe'],
  calls: readonly ProbeCall[],
): Promise<Judgement> {
  const cwd = `/proc/self/fd/${number}`;
  try {
    const answers = await probe(calls, { request: { argv: ['sh'], cwd } });
    const [first] = answers;
    // ENOENT, ENOTDIR: nothing of the program has run.
    if (first?.end.kind === 'ended' && first.end.outcome.startsWith('not started'))
      return { verdict: 'contained', evidence: [`${cwd}: ${first.end.outcome}`] };
    return judgeCwd(answers);
  } catch (error) {
    // Every other error would stop any program, and says nothing of this directory.
    if (!isWarderError(error) || !error.code.startsWith('REQUEST_')) throw error;
    return { verdict: 'contained', evidence: [`${cwd}: refused with ${error.code}`] };
  }
}

function judgeCwd(answers: Answers): Judgement {
  const [cwd, access] = answers;
  const path = cwd ? contentOf(cwd).trim() : '';
  const reached = access?.calls[0];
  const evidence = [`cwd ${path}`, ...(reached ? [describeCall(reached)] : [])];
  if (reached === undefined || path === '')
    return { verdict: 'error', evidence: answers.flatMap((answer) => describeEnd(answer) ?? []) };
  const outside = !path.startsWith('/') || path.startsWith('/oldroot') || reached.errno === null;
  return { verdict: outside ? 'escaped' : 'contained', evidence };
}
