import { refused } from '#escape/judging.ts';
import type { Answers, JudgeContext, Judgement } from '#escape/types.ts';

/** What the probe's `cgroup-files` opened, beside the file that told it where to look. */
export function refusedFiles(answers: Answers, context: JudgeContext): Judgement {
  const names = answers.flatMap(({ calls }) => calls.map(({ name }) => name));
  const calls = names.filter((name) => name.startsWith('/sys/'));
  return refused({ errnos: ['ENOENT', 'EROFS', 'EACCES'], calls })(answers, context);
}
