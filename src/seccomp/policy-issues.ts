import type { InputIssue } from '#error/codes.ts';
import { suggest } from '#util/suggest.ts';
import { ARCHES } from './ir.ts';
import { isSyscallName, syscallNames } from './syscalls.ts';
import { NEVER_NOTIFY } from './validate.ts';

interface PolicyLists {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** Every problem of a policy's `seccomp.allow` and `seccomp.deny`. `held` are the calls of the prologue. */
export function policyIssues({ allow, deny }: PolicyLists, held: readonly string[]): readonly InputIssue[] {
  return [
    ...allow.flatMap((name, index) => {
      const path = `seccomp.allow.${index}`;
      return unknownIssues(name, path) ?? allowIssues(name, path, deny, held);
    }),
    ...deny.flatMap((name, index) => {
      const path = `seccomp.deny.${index}`;
      return unknownIssues(name, path) ?? denyIssues(name, path);
    }),
  ];
}

function unknownIssues(name: string, path: string): InputIssue[] | undefined {
  if (isSyscallName(name)) return undefined;
  const near = suggest(name, [...new Set(ARCHES.flatMap((arch) => syscallNames(arch)))]);
  const message = `\`${name}\` is not a system call`;
  return [near === undefined ? { path, message } : { path, message, suggestion: near }];
}

function allowIssues(
  name: string,
  path: string,
  deny: readonly string[],
  held: readonly string[],
): InputIssue[] {
  const issues: InputIssue[] = [];
  if (held.includes(name)) issues.push({ path, message: `\`${name}\` is held by the mandatory prologue` });
  if (deny.includes(name)) issues.push({ path, message: `\`${name}\` is also in \`seccomp.deny\`` });
  return issues;
}

function denyIssues(name: string, path: string): InputIssue[] {
  if (!NEVER_NOTIFY.includes(name)) return [];
  return [{ path, message: `\`${name}\` cannot be denied: the program is started or ended with it` }];
}
