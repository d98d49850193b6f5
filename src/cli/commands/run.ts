import type { Command } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { inOwnScope } from '#cli/own-scope.ts';
import {
  addSharedOptions,
  addSourceOptions,
  type SharedOptions,
  type SourceOptions,
} from '#cli/shared-options.ts';

const EXAMPLES = `
Examples:
  warder run hello.py
  warder run solve.py --timeout 2s --memory 64MiB < input.txt
  warder run --lang bash -e 'echo "$1"' -- 'an argument'
  cat hello.js | warder run - --lang javascript
  warder run main.py --file data.csv --policy ./my-policy.yaml --json`;

export function defineRun(command: Command, context: CliContext): void {
  addSharedOptions(addSourceOptions(command.argument('[file...]', 'source file, or - for standard input')))
    .usage('[FILE|-] [options] [-- ARGS...]')
    .addHelpText('after', EXAMPLES)
    .action(async (operands: string[], options: SharedOptions & SourceOptions) => {
      const elsewhere = await inOwnScope(context);
      if (elsewhere) return context.finish(elsewhere);
      // Only now: where the command is started twice, the first start needs none of it.
      const [{ execute }, { toJob, wantedRun }] = await Promise.all([
        import('#cli/execute.ts'),
        import('#cli/job.ts'),
      ]);
      const wanted = await wantedRun(context, operands, options);
      context.finish(await execute(context, await toJob(wanted)));
    });
}
