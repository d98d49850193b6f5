import type { WarderError } from '#index.ts';
import { exitCodeOfError } from './exit-code.ts';
import { errorJson, errorScreen, toWarderError } from './report-error.ts';
import { painter } from './style.ts';
import { usageError } from './usage-error.ts';

export interface FailureContext {
  readonly head: readonly string[];
  readonly json: boolean;
  /** Set when the parser refused the command line. */
  readonly parser: { readonly message: string; readonly code: string } | null;
}

/** Prints what went wrong, as JSON on stdout or as a screen on stderr, and says the exit code. */
export function failure(error: unknown, { head, json, parser }: FailureContext): number {
  const known = parser ? parserError(parser.message, head) : toWarderError(error);
  if (json) process.stdout.write(errorJson(known));
  else {
    const paint = painter(process.stderr.isTTY === true, process.env);
    process.stderr.write(errorScreen(known, { paint, withStack: wantsStack(head) }));
  }
  return exitCodeOfError(known);
}

/** The parser's text is `error: …`, with a suggestion on a second line. */
function parserError(message: string, head: readonly string[]): WarderError {
  if (/^error: unknown option '--json=/.test(message)) {
    return usageError('--json', 'takes no value; a stream of events is not part of this version');
  }
  const [first = '', second] = message.replace(/^error: /, '').split('\n');
  const command = head[0] !== undefined && !head[0].startsWith('-') ? ` ${head[0]}` : '';
  const suggestion = second?.replace(/^\((.*)\)$/, '$1');
  const help = /^unknown command/.test(first) ? 'See: warder --help' : `See: warder${command} --help`;
  return usageError('', first, [suggestion, help].filter(Boolean).join(' '));
}

function wantsStack(head: readonly string[]): boolean {
  return head.some(
    (word, at) =>
      /^(?:--log-level=)?(?:debug|trace)$/.test(word) &&
      (word.includes('=') || head[at - 1] === '--log-level'),
  );
}
