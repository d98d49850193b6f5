/** What is said when the rest of the command line cannot be loaded; so this file imports nothing. */

export interface LoadFailure {
  readonly code: number;
  /** A JSON report for stdout, or lines for stderr. */
  readonly text: string;
}

/** EXIT.unavailable and EXIT.software of exit-code.ts. */
const UNAVAILABLE = 69;
const SOFTWARE = 70;

/** In the form of `failure.ts`, for an error that came before that file. */
export function loadFailure(error: unknown, json: boolean): LoadFailure {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isHost = errno === 'EMFILE' || errno === 'ENFILE';
  const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const report = isHost
    ? {
        code: 'HOST_RESOURCE_EXHAUSTED',
        stage: 'host',
        message: `there is no descriptor left to run with: ${errno}`,
        hint: 'Raise the limit of open files (ulimit -n)',
        details: { what: 'descriptor', errno },
      }
    : {
        code: 'INTERNAL_BUG',
        stage: 'internal',
        message: `the program cannot be loaded: ${why}`,
        hint: 'Install the package anew',
        details: { what: why },
      };
  const screen = `warder: ${report.code}: ${report.message}\nhint: ${report.hint}\n`;
  const line = `${JSON.stringify({ schema: 1, ok: false, error: report })}\n`;
  return { code: isHost ? UNAVAILABLE : SOFTWARE, text: json ? line : screen };
}
