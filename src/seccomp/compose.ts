import type { Branch, SyscallEntry, Verdict } from './ir.ts';

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
  return allows(guard.otherwise)
    ? { syscall: guard.syscall, branches: [...branches, ...body.branches], otherwise: body.otherwise }
    : { syscall: guard.syscall, branches, otherwise: guard.otherwise };
}

function underCondition(guard: Branch, body: Body): readonly Branch[] {
  return [
    ...body.branches.map((branch) => ({ ...branch, when: [...guard.when, ...branch.when] })),
    // Where both allow, the guard's reason is the more exact one.
    { action: body.otherwise.action, why: mergedWhy(guard, body.otherwise), when: guard.when },
  ];
}

function mergedWhy(guard: Verdict, body: Verdict): string {
  return allows(body) ? guard.why : body.why;
}

function allows({ action }: Verdict): boolean {
  return action.kind === 'allow';
}
