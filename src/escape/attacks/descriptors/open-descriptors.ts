import { describeEnd, valuesOf } from '#escape/judging.ts';
import { twoSided } from '#escape/two-sided.ts';
import type { Answers, AttackContext, Finding, Judgement } from '#escape/types.ts';

const STDIO = ['0', '1', '2'];

/** The probe's descriptors in the sandbox, and the same with one left open, judged alike. */
export async function askDescriptors(
  context: AttackContext,
  judge: (answers: Answers) => Judgement,
): Promise<Finding> {
  const inside = await context.probe([{ name: 'descriptors', argv: ['fds'] }]);
  const answers = await context.probe([{ name: 'descriptors', argv: ['leak', '/'] }]);
  return twoSided(context, judge, inside, { place: 'the same with a directory left open', answers });
}

/** Exactly 0, 1 and 2 are open. */
export function judgeInherited(answers: Answers): Judgement {
  const lost = answers.flatMap((answer) => describeEnd(answer) ?? []);
  const open = answers.flatMap((answer) => valuesOf(answer, 'fd'));
  const targets = answers.flatMap((answer) => valuesOf(answer, 'target'));
  const evidence = open.map((fd, index) => `descriptor ${fd}: ${targets[index] ?? 'unknown'}`);
  if (lost.length > 0) return { verdict: 'error', evidence: [...evidence, ...lost] };
  if (open.some((fd) => !STDIO.includes(fd))) return { verdict: 'escaped', evidence };
  return { verdict: open.length === STDIO.length ? 'contained' : 'error', evidence };
}

/** None of what is open is a directory, from which openat("..") leads on. */
export function judgeDirectories(answers: Answers): Judgement {
  const { verdict, evidence } = judgeInherited(answers);
  if (verdict === 'error') return { verdict, evidence };
  const directories = answers.flatMap((answer) => valuesOf(answer, 'directory'));
  if (directories.length === 0)
    return { verdict: 'contained', evidence: ['no descriptor of a directory is open'] };
  return { verdict: 'escaped', evidence: directories.map((fd) => `descriptor ${fd} is a directory`) };
}
