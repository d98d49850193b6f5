/** Who answered: a model whose errnos are raised out of the kernel's range, and the rows whose answers are not its own. */
import { errnoAction } from '#seccomp/action.ts';
import type { Action, SeccompFilter, Verdict } from '#seccomp/ir.ts';
import type { MatrixRow } from './matrix-rows.ts';

/** The kernel's own error numbers end far below. */
const MARK = 2000;

export function markFilter({ arch, entries, defaultAction }: SeccompFilter): SeccompFilter {
  const mark = (action: Action): Action =>
    action.kind === 'errno' ? errnoAction(action.errno + MARK) : action;
  const markVerdict = <T extends Verdict>(verdict: T): T => ({ ...verdict, action: mark(verdict.action) });
  return {
    arch,
    entries: entries.map(({ syscall, branches, otherwise }) => ({
      syscall,
      branches: branches.map(markVerdict),
      otherwise: markVerdict(otherwise),
    })),
    defaultAction: mark(defaultAction),
  };
}

/** What the probe prints when a filter refuses like this; undefined when it lets the call through. */
export function refusal(action: Action): string | undefined {
  if (action.kind === 'errno') return `errno ${action.errno}`;
  return action.kind === 'killProcess' || action.kind === 'notify' ? 'killed 31' : undefined;
}

/** Rows whose answer behind the marked model is not what `expected` says of the plain one. */
export function markedDifferences(
  rows: readonly MatrixRow[],
  answers: ReadonlyMap<string, string>,
  expected: (row: MatrixRow) => Action,
): readonly string[] {
  const wrong = rows.filter((row) => {
    const answer = answers.get(row.text) ?? 'none';
    const action = expected(row);
    const refused = refusal(action.kind === 'errno' ? errnoAction(action.errno + MARK) : action);
    const byFilter = answer === 'killed 31' || Number(/^errno (\d+)$/.exec(answer)?.[1] ?? 0) >= MARK;
    return refused === undefined ? byFilter || answer === 'none' : answer !== refused;
  });
  return wrong.map((row) => `${row.text}: ${answers.get(row.text)}, model ${JSON.stringify(expected(row))}`);
}
