import { type InputIssue, WarderError } from '#index.ts';

/** Something about the command line itself: exit code 64. `path` is the option or argument. */
export function usageError(path: string, message: string, hint?: string): WarderError<'REQUEST_INVALID'> {
  return usageErrors([{ path, message }], hint);
}

export function usageErrors(issues: readonly InputIssue[], hint?: string): WarderError<'REQUEST_INVALID'> {
  const [first] = issues;
  const message =
    issues.length === 1 && first
      ? [first.path, first.message].filter((part) => part !== '').join(': ')
      : `the command line has ${issues.length} problems`;
  return new WarderError('REQUEST_INVALID', message, {
    details: { issues },
    ...(hint === undefined ? {} : { hint }),
  });
}
