import type { Command } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { EXIT } from '#cli/exit-code.ts';
import { printJson, printText } from '#cli/print.ts';
import { sweepCanaries } from '#escape/index.ts';
import { collectGarbage } from '#internal.ts';

const EXAMPLES = `
Removes the control groups and records of supervisors that died, and what killed escape suites left; what a living one holds
is not touched. Every run and every suite does the same when it starts. Run by root, it also removes the empty directories that nsjail leaves in /tmp.
The compile cache is brought back to its size.

Examples:
  warder gc
  warder gc --json`;

export function defineGc(command: Command, { env, finish }: CliContext): void {
  command
    .option('--json', 'as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json }: { json?: boolean }) => {
      const swept = { ...(await collectGarbage(env)), canaries: await sweepCanaries() };
      if (json) printJson({ schema: 1, ok: swept.failed.length === 0, ...swept });
      else printText(describe(swept));
      if (swept.failed.length > 0) finish({ kind: 'code', code: EXIT.software });
    });
}

function describe({
  records,
  leaves,
  directories,
  compiled,
  canaries,
  failed,
}: Awaited<ReturnType<typeof collectGarbage>> & { readonly canaries: number }): string {
  const removed = `removed: ${records} records of dead supervisors, ${leaves} control groups, ${directories} directories of launchers, ${compiled} entries of the compile cache, ${canaries} directories of escape suites\n`;
  const kept = failed.map(({ path, why }) => `could not remove ${path}: ${why}\n`);
  return [
    records + leaves + directories + compiled + canaries === 0 && failed.length === 0
      ? 'nothing to remove\n'
      : removed,
    ...kept,
  ].join('');
}
