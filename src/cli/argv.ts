export interface SplitArgv {
  readonly head: readonly string[];
  /** What stands after the first `--`, for the program; null without one. */
  readonly programArgs: readonly string[] | null;
}

/** Splits at the first `--`, before the parser, which would mix both sides. */
export function splitArgv(argv: readonly string[]): SplitArgv {
  const at = argv.indexOf('--');
  if (at < 0) return { head: argv, programArgs: null };
  return { head: argv.slice(0, at), programArgs: argv.slice(at + 1) };
}

/** Whether errors are to be JSON too, as long as the command line has not been understood. */
export function wantsJson({ head }: SplitArgv): boolean {
  return head.some((word) => word === '--json' || word.startsWith('--json='));
}
