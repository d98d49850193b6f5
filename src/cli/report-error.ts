/** Failures, on one screen: what, where, and what to do. Never a stack trace, unless the log level asks for it. */
import { isWarderError, WarderError } from '#index.ts';
import { formatIssue, nameExhaustion } from '#internal.ts';
import type { Paint } from './style.ts';
import { terminalSafe } from './terminal-safe.ts';

const REPORT_HINT = 'This is a bug of warder; please report it with the command and this message';
/** Issues beyond these are counted only, so that the first ones stay on the screen. */
const MAX_ISSUES = 20;

/** Anything that was thrown, as an error with a code. */
export function toWarderError(thrown: unknown): WarderError {
  const error = nameExhaustion(thrown);
  if (isWarderError(error)) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new WarderError('INTERNAL_BUG', what, { details: { what }, hint: REPORT_HINT, cause: error });
}

/** The `--json` form: one line. */
export function errorJson(error: WarderError): string {
  return `${JSON.stringify({ schema: 1, ok: false, error })}\n`;
}

export interface ErrorScreenOptions {
  readonly paint: Paint;
  /** With --log-level debug or trace. */
  readonly withStack?: boolean;
}

export function errorScreen(error: WarderError, { paint, withStack = false }: ErrorScreenOptions): string {
  const issues = issuesOf(error);
  const shown = issues.slice(0, MAX_ISSUES).map((issue) => `  ${issue}`);
  const more = issues.length > MAX_ISSUES ? [`  and ${issues.length - MAX_ISSUES} more`] : [];
  const text = hintOf(error);
  const hint = text === undefined ? [] : [`${paint('bold', 'hint:')} ${terminalSafe(text)}`];
  const stack = withStack ? [stackOf(error)] : [];
  // Listed below already.
  const message = error.message.replace(`, the first: ${issues[0]}`, '');
  const first = `${paint('red', 'warder:')} ${error.code}: ${terminalSafe(message)}`;
  return [first, ...[...shown, ...more].map(terminalSafe), ...hint, ...stack].join('\n').concat('\n');
}

/** The library does not know our options. */
function hintOf({ code, hint }: WarderError): string | undefined {
  return code === 'REQUEST_BEYOND_CEILING' ? `${hint ?? ''} Or insist with --allow-widen.`.trimStart() : hint;
}

/** Empty when the message says it already. */
function issuesOf({ details, message }: WarderError): readonly string[] {
  if (!('issues' in details)) return [];
  const lines = details.issues.map(formatIssue);
  const [only] = details.issues;
  const said = lines.length === 1 && only && message.includes(only.message) && only.suggestion === undefined;
  return said ? [] : lines;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause.stack : undefined;
  return cause ?? error.stack ?? '';
}
