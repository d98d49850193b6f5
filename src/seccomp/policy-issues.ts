import type { InputIssue } from '#error/codes.ts';
import { suggest } from '#util/suggest.ts';
import { ARCHES, type Place, type SeccompFilter } from './ir.ts';
import { heldCalls } from './prologue.ts';
import { isSyscallName, syscallNames } from './syscalls.ts';
import { NEVER_NOTIFY } from './validate.ts';

interface PolicyLists {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly places?: { readonly [list in 'allow' | 'deny']: Readonly<Record<string, Place>> };
}

/** Every problem of a policy's `seccomp.allow` and `seccomp.deny`. */
export function policyIssues({ allow, deny, places }: PolicyLists): readonly InputIssue[] {
  return [
    ...allow.flatMap((name, index) => {
      const issues = unknownIssues(name) ?? allowIssues(name, deny);
      return issues.map((issue) => ({ path: `seccomp.allow.${index}`, ...issue, ...places?.allow[name] }));
    }),
    ...deny.flatMap((name, index) => {
      const issues = unknownIssues(name) ?? denyIssues(name);
      return issues.map((issue) => ({ path: `seccomp.deny.${index}`, ...issue, ...places?.deny[name] }));
    }),
  ];
}

/** A filter under which execve can never pass ends every program before its first instruction. */
export function startIssues({ entries, defaultAction }: SeccompFilter, profile: string): InputIssue[] {
  return START_CALLS.filter((name) => {
    const entry = entries.find(({ syscall }) => syscall === name);
    const verdicts = entry ? [...entry.branches, entry.otherwise] : [{ action: defaultAction }];
    return !verdicts.some(({ action }) => action.kind === 'allow' || action.kind === 'log');
  }).map((name) => {
    const message = `\`${profile}\` does not allow \`${name}\`: the program is started or ended with it`;
    return { path: 'seccomp.profile', message };
  });
}

const START_CALLS = ['execve', 'exit_group'];

type Problem = Omit<InputIssue, 'path'>;

function unknownIssues(name: string): readonly Problem[] | undefined {
  if (isSyscallName(name)) return undefined;
  const near = suggest(name, [...new Set(ARCHES.flatMap((arch) => syscallNames(arch)))]);
  const message = `\`${name}\` is not a system call`;
  return [near === undefined ? { message } : { message, suggestion: near }];
}

function allowIssues(name: string, deny: readonly string[]): readonly Problem[] {
  const issues: Problem[] = [];
  if (heldCalls().has(name)) issues.push({ message: `\`${name}\` is held by the mandatory prologue` });
  if (deny.includes(name)) issues.push({ message: `\`${name}\` is also in \`seccomp.deny\`` });
  return issues;
}

function denyIssues(name: string): readonly Problem[] {
  if (!NEVER_NOTIFY.includes(name)) return [];
  return [{ message: `\`${name}\` cannot be denied: the program is started or ended with it` }];
}
