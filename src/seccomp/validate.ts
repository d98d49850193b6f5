import type { InputIssue } from '#error/codes.ts';
import { WarderError } from '#error/warder-error.ts';
import { suggest } from '#util/suggest.ts';
import { sameAction } from './action.ts';
import { asksNoMore, conditionKeys } from './conditions.ts';
import { neverHolds } from './contradiction.ts';
import { conditionHolds } from './evaluate.ts';
import type { Action, Arch, Condition, SeccompFilter, SyscallEntry } from './ir.ts';
import { syscallNames, syscallNumber } from './syscalls.ts';

/**
 * Calls that must never wait for the listener. init's child makes them between installing the filter and the
 * program's first instruction, while init, which would answer, is suspended by vfork: both would wait for ever.
 */
export const NEVER_NOTIFY: readonly string[] = ['execve', 'execveat', 'exit', 'exit_group'];

/** Largest errno that a filter can return (MAX_ERRNO, <linux/err.h>); the kernel caps what is above it. */
const MAX_ERRNO = 4095;

/** @throws WarderError SECCOMP_INVALID with every problem of the filter. */
export function validateFilter(filter: SeccompFilter): void {
  const issues = filterIssues(filter);
  if (issues.length > 0) throw invalidSeccomp('the seccomp filter is not valid', issues);
}

export function invalidSeccomp(what: string, issues: readonly InputIssue[]): WarderError<'SECCOMP_INVALID'> {
  const count = issues.length === 1 ? '1 problem' : `${issues.length} problems`;
  return new WarderError('SECCOMP_INVALID', `${what}: ${count}`, { details: { issues } });
}

export function filterIssues(filter: SeccompFilter): readonly InputIssue[] {
  // Reversed, so that the earliest entry of a name is the one that stays.
  const firsts = new Map(filter.entries.map(({ syscall }, index) => [syscall, index] as const).reverse());
  return [
    ...actionIssues(filter.defaultAction, 'defaultAction'),
    ...defaultNotifyIssues(filter),
    ...filter.entries.flatMap((entry, index) => [
      ...nameIssues(filter.arch, entry, index, firsts),
      ...entryIssues(entry, `entries.${index}`),
    ]),
  ];
}

/** `firsts` holds the first entry of each name. */
function nameIssues(
  arch: Arch,
  { syscall }: SyscallEntry,
  index: number,
  firsts: ReadonlyMap<string, number>,
): InputIssue[] {
  const path = `entries.${index}.syscall`;
  const issues: InputIssue[] = [];
  if (syscallNumber(arch, syscall) === undefined) {
    const near = suggest(syscall, syscallNames(arch));
    const message = `\`${syscall}\` is not a system call of ${arch}`;
    issues.push(near === undefined ? { path, message } : { path, message, suggestion: near });
  }
  const first = firsts.get(syscall) ?? index;
  if (first !== index)
    issues.push({ path, message: `\`${syscall}\` has an entry already (entries.${first})` });
  return issues;
}

function entryIssues(entry: SyscallEntry, path: string): InputIssue[] {
  const verdicts = [...entry.branches.map((branch, index) => ({ verdict: branch, at: `branches.${index}` }))];
  const all = [...verdicts, { verdict: entry.otherwise, at: 'otherwise' }];
  const actions = all.flatMap(({ verdict, at }) => [
    ...actionIssues(verdict.action, `${path}.${at}.action`),
    ...notifyIssues(entry.syscall, verdict.action, `${path}.${at}.action`),
  ]);
  const keys = entry.branches.map(({ when }) => conditionKeys(when));
  return [
    ...actions,
    ...entry.branches.flatMap((_, index) => branchIssues(entry, index, `${path}.branches.${index}`, keys)),
  ];
}

function actionIssues(action: Action, path: string): InputIssue[] {
  if (action.kind !== 'errno') return [];
  const fits = Number.isInteger(action.errno) && action.errno >= 1 && action.errno <= MAX_ERRNO;
  return fits
    ? []
    : [{ path, message: `errno must be a whole number from 1 to ${MAX_ERRNO}, not ${action.errno}` }];
}

function notifyIssues(syscall: string, action: Action, path: string): InputIssue[] {
  if (action.kind !== 'notify' || !NEVER_NOTIFY.includes(syscall)) return [];
  return [
    { path, message: `\`${syscall}\` cannot notify: init would wait for a process that waits for init` },
  ];
}

function defaultNotifyIssues(filter: SeccompFilter): InputIssue[] {
  if (filter.defaultAction.kind !== 'notify') return [];
  return NEVER_NOTIFY.filter((name) => !filter.entries.some(({ syscall }) => syscall === name)).flatMap(
    (name) => notifyIssues(name, filter.defaultAction, 'defaultAction'),
  );
}

/** `keys` are the conditions of each branch. */
function branchIssues(
  entry: SyscallEntry,
  index: number,
  path: string,
  keys: readonly ReadonlySet<string>[],
): InputIssue[] {
  const branch = entry.branches[index];
  if (!branch) return [];
  if (branch.when.length === 0) return [{ path, message: 'a branch needs a condition; use `otherwise`' }];
  const values = branch.when.flatMap((condition, at) => conditionIssues(condition, `${path}.when.${at}`));
  if (values.length > 0) return values;
  if (neverHolds(branch.when))
    return [{ path, message: 'the conditions contradict each other: it never holds' }];
  return shadowIssues(entry, index, path, keys);
}

/** What is wrong with one condition by itself. */
export function conditionIssues(condition: Condition, path: string): InputIssue[] {
  const limit = 1n << BigInt(condition.width);
  const fits = (value: bigint): boolean => value >= 0n && value < limit;
  if (!fits(condition.value)) return [{ path, message: `the value does not fit in ${condition.width} bits` }];
  if (condition.op !== 'maskedEq') {
    const always = alwaysHolds(condition, limit - 1n);
    return always ? [{ path, message: 'the condition always holds' }] : [];
  }
  if (!fits(condition.mask)) return [{ path, message: `the mask does not fit in ${condition.width} bits` }];
  if (condition.mask === 0n) return [{ path, message: 'the mask is 0: the condition looks at nothing' }];
  const stray = (condition.value & ~condition.mask) !== 0n;
  return stray ? [{ path, message: 'the value has bits outside the mask: it never holds' }] : [];
}

/** Unsigned order is monotonic, so a comparison by order that holds at both ends always holds. */
function alwaysHolds(condition: Condition, largest: bigint): boolean {
  if (condition.op === 'eq' || condition.op === 'ne') return false;
  return conditionHolds(condition, 0n) && conditionHolds(condition, largest);
}

/** A branch that an earlier one always answers for: same conditions, or more than the earlier one asks. */
function shadowIssues(
  entry: SyscallEntry,
  index: number,
  path: string,
  keys: readonly ReadonlySet<string>[],
): InputIssue[] {
  const [branch, own] = [entry.branches[index], keys[index]];
  if (!branch || !own) return [];
  const shadow = keys.slice(0, index).findIndex((earlier) => asksNoMore(earlier, own));
  if (shadow === -1) return [];
  const earlier = entry.branches[shadow];
  const how = earlier && sameAction(earlier.action, branch.action) ? 'repeats' : 'contradicts';
  return [{ path, message: `it is never reached: branches.${shadow} holds first, and this one ${how} it` }];
}
