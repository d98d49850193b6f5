import type { Stdio } from './stdio.ts';

/** What a command works with, instead of the globals. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What stood after the first `--`; null without one. */
  readonly programArgs: readonly string[] | null;
  readonly stdio: Stdio;
  /** The form of errors, from when the options are known for sure. */
  readonly setJson: (json: boolean) => void;
  /** Ends the command; without it the code is 0. */
  readonly finish: (status: ExitStatus) => void;
}

/** How this process is to end: with a code, or by the signal that it received. */
export type ExitStatus =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals };
