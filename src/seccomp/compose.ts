import { asksNoMore, conditionKey, conditionKeys } from './conditions.ts';
import { neverHolds } from './contradiction.ts';
import type { Branch, Condition, SyscallEntry, Verdict } from './ir.ts';

/** What a profile says about one call: its own branches and its last word. */
export type Body = Omit<SyscallEntry, 'syscall'>;

/**
 * The guard first; wherever it allows, the body decides. So a guard can only take away:
 * evaluate(compose(guard, body)) is the guard's verdict if that is not `allow`, and the body's otherwise.
 */
export function composeEntry(guard: SyscallEntry, body: Body): SyscallEntry {
  const branches = guard.branches.flatMap((branch): readonly Branch[] =>
    allows(branch) ? underCondition(branch, body) : [branch],
  );
  const { syscall } = guard;
  return allows(guard.otherwise)
    ? { syscall, branches: reachable([...branches, ...body.branches]), otherwise: body.otherwise }
    : { syscall, branches: reachable(branches), otherwise: guard.otherwise };
}

function underCondition(guard: Branch, body: Body): readonly Branch[] {
  return [
    ...body.branches.map((branch) => ({ ...branch, when: unique([...guard.when, ...branch.when]) })),
    // Where both allow, the guard's reason is the more exact one.
    { ...body.otherwise, why: mergedWhy(guard, body.otherwise), when: guard.when },
  ];
}

/** Guard and body together can ask for what cannot be, or for what an earlier branch has answered already. */
function reachable(branches: readonly Branch[]): readonly Branch[] {
  const kept: { readonly branch: Branch; readonly keys: ReadonlySet<string> }[] = [];
  for (const branch of branches) {
    const own = conditionKeys(branch.when);
    const answered = kept.some(({ keys }) => asksNoMore(keys, own));
    if (!answered && !neverHolds(branch.when)) kept.push({ branch, keys: own });
  }
  return kept.map(({ branch }) => branch);
}

function unique(conditions: readonly Condition[]): readonly Condition[] {
  return [...new Map(conditions.map((condition) => [conditionKey(condition), condition])).values()];
}

function mergedWhy(guard: Verdict, body: Verdict): string {
  return allows(body) ? guard.why : body.why;
}

function allows({ action }: Verdict): boolean {
  return action.kind === 'allow';
}
