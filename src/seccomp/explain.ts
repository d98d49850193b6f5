import { conditionHolds } from './evaluate.ts';
import type { Arch, Branch, Condition, SeccompFilter, Verdict } from './ir.ts';
import { syscallNumber } from './syscalls.ts';

/** What a filter says about one call when some of its arguments are known. */
export interface Explanation {
  readonly arch: Arch;
  readonly syscall: string;
  /** `null` where the architecture does not have the call: it cannot be made at all. */
  readonly number: number | null;
  /** `false`: no rule names the call, so it gets the default action. */
  readonly listed: boolean;
  /** The verdicts that the unknown arguments leave open, in the order in which they are tried; exactly one decides. */
  readonly candidates: readonly Candidate[];
}

/** `when` is empty for a verdict that needs nothing more than what is known. */
export type Candidate = Verdict & { readonly when: readonly Condition[] };

/** `args[i]` is `undefined` where the caller did not say what argument i is. */
export function explainCall(
  filter: SeccompFilter,
  syscall: string,
  args: readonly (bigint | undefined)[],
): Explanation {
  const { arch } = filter;
  const number = syscallNumber(arch, syscall) ?? null;
  const entry = filter.entries.find((candidate) => candidate.syscall === syscall);
  if (!entry) {
    const why = 'no rule names the call, so it gets the default action';
    const candidates = [{ action: filter.defaultAction, why, source: 'default' as const, when: [] }];
    return { arch, syscall, number, listed: false, candidates };
  }
  const candidates = openCandidates(entry.branches, entry.otherwise, args);
  return { arch, syscall, number, listed: true, candidates };
}

function openCandidates(
  branches: readonly Branch[],
  otherwise: Verdict,
  args: readonly (bigint | undefined)[],
): readonly Candidate[] {
  const open: Candidate[] = [];
  for (const branch of branches) {
    const when = unsettled(branch.when, args);
    if (when === null) continue;
    open.push({ ...branch, when });
    if (when.length === 0) return open;
  }
  return [...open, { ...otherwise, when: [] }];
}

/** The conditions that still have to be asked; `null` when one of them is known not to hold. */
function unsettled(
  when: readonly Condition[],
  args: readonly (bigint | undefined)[],
): readonly Condition[] | null {
  const open: Condition[] = [];
  for (const condition of when) {
    const value = args[condition.arg];
    if (value === undefined) open.push(condition);
    else if (!conditionHolds(condition, value)) return null;
  }
  return open;
}
