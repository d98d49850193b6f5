import { ERROR_CODES, type ErrorCode, type ErrorDetails, type InputIssue, type Stage } from './codes.ts';

export interface WarderErrorOptions<C extends ErrorCode> {
  readonly details: ErrorDetails[C];
  /** The next step for the operator, only when there is one. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The JSON form, as `--json` prints it (contract: RunResult). */
export interface WarderErrorJson {
  readonly code: ErrorCode;
  readonly stage: Stage;
  readonly message: string;
  readonly hint: string | null;
  readonly details: ErrorDetails[ErrorCode];
}

/** A failure that is not the program's: the request, the policy, the host, a launcher or warder itself. */
export class WarderError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'WarderError';
  readonly code: C;
  readonly stage: Stage;
  readonly details: ErrorDetails[C];
  readonly hint: string | undefined;

  constructor(code: C, message: string, options: WarderErrorOptions<C>) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.stage = ERROR_CODES[code].stage;
    this.details = options.details;
    this.hint = options.hint;
  }

  toJSON(): WarderErrorJson {
    const { code, stage, message, details } = this;
    return { code, stage, message, hint: this.hint ?? null, details };
  }
}

export function isWarderError(error: unknown): error is WarderError {
  return error instanceof WarderError;
}

/** `ENOENT` and its kin, for messages and details; the error's text when it carries no errno. */
export function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}

/** One line per issue: `file:line:column: path: message, did you mean …?` */
export function formatIssue(issue: InputIssue): string {
  const place = [issue.file, issue.line, issue.column].filter((part) => part !== undefined).join(':');
  const suggestion = issue.suggestion ? `, did you mean \`${issue.suggestion}\`?` : '';
  return [place, issue.path, `${issue.message}${suggestion}`].filter((part) => part !== '').join(': ');
}
