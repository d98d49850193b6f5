import type { InputIssue } from '#error/codes.ts';
import { errnoOf, formatIssue, WarderError } from '#error/warder-error.ts';
import { suggest } from '#util/suggest.ts';
import { isPath, type Reference } from './reference.ts';
import { quote } from './value-checks.ts';

export function policyNotFound(name: string, known: readonly string[]): WarderError<'POLICY_NOT_FOUND'> {
  const near = isPath(name) ? undefined : suggest(name, known);
  const hint = near
    ? `Did you mean \`${near}\`?`
    : `Shipped policies: ${known.join(', ')}. A file is named with a \`/\` or by its ending .yaml, .yml or .json.`;
  const what = isPath(name) ? 'policy file' : 'policy';
  return new WarderError('POLICY_NOT_FOUND', `There is no ${what} ${quote(name)}`, {
    details: { name, known },
    hint,
  });
}

export function policyUnreadable(reference: Reference, cause: unknown): WarderError<'POLICY_UNREADABLE'> {
  const details = { path: reference.path, errno: errnoOf(cause) };
  const message = `Cannot read the policy ${quote(reference.label)}: ${details.errno}`;
  return new WarderError('POLICY_UNREADABLE', message, { details, cause });
}

export function policyInvalid(label: string, issues: readonly InputIssue[]): WarderError<'POLICY_INVALID'> {
  const count = issues.length === 1 ? 'a problem' : `${issues.length} problems, the first`;
  const first = issues.slice(0, 1).map(formatIssue).join('');
  return new WarderError('POLICY_INVALID', `The policy ${quote(label)} has ${count}: ${first}`, {
    details: { issues },
  });
}
