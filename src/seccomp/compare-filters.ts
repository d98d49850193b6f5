import type { FilterSummary, RuleSummary } from './summary.ts';
import { syscallNames } from './syscalls.ts';

/** One call on which two filters differ. */
export interface FilterDifference {
  readonly syscall: string;
  /** `allowed`, `conditional`, or what the call meets: `errno ENOSYS`. */
  readonly first: string;
  readonly second: string;
}

/** How one filter stands to another. A call that neither allows for any arguments is not listed. */
export interface FilterComparison {
  /** Allowed by the first for more arguments: the second refuses the call, or judges by argument. */
  readonly more: readonly FilterDifference[];
  readonly less: readonly FilterDifference[];
  /** Both judge by argument, and not in the same way. */
  readonly different: readonly FilterDifference[];
}

/** Compares two filters of one architecture, call by call. */
export function compareFilters(first: FilterSummary, second: FilterSummary): FilterComparison {
  const mine = byName(first);
  const others = byName(second);
  const more: FilterDifference[] = [];
  const less: FilterDifference[] = [];
  const different: FilterDifference[] = [];
  for (const syscall of syscallNames(first.arch)) {
    const [a, b] = [mine.get(syscall), others.get(syscall)];
    const difference = { syscall, first: describe(a, first), second: describe(b, second) };
    const order = reach(a, first) - reach(b, second);
    if (order > 0) more.push(difference);
    else if (order < 0) less.push(difference);
    else if (a && b && a.verdict === 'conditional' && rules(a) !== rules(b)) different.push(difference);
  }
  return { more, less, different };
}

const REACH = { denied: 0, conditional: 1, allowed: 2 } as const;

function reach(rule: RuleSummary | undefined, { defaultAction }: FilterSummary): number {
  if (rule) return REACH[rule.verdict];
  return defaultAction === 'allow' || defaultAction === 'log' ? REACH.allowed : REACH.denied;
}

function byName({ rules: list }: FilterSummary): ReadonlyMap<string, RuleSummary> {
  return new Map(list.map((rule) => [rule.syscall, rule]));
}

function describe(rule: RuleSummary | undefined, { defaultAction }: FilterSummary): string {
  if (!rule) return defaultAction;
  return rule.verdict === 'denied' ? rule.action : rule.verdict;
}

/** Conditions and actions, without the reasons. */
function rules({ branches, action }: RuleSummary): string {
  return JSON.stringify([branches.map((branch) => [branch.when, branch.action]), action]);
}
