import { isWarderError } from '#index.ts';

/** A failure as evidence: code and message. */
export function errorText(error: unknown): string {
  if (isWarderError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** The same, and what to do about it. */
export function problemText(error: unknown): string {
  const hint = isWarderError(error) ? error.hint : undefined;
  return hint === undefined ? errorText(error) : `${errorText(error)}; ${hint}`;
}
