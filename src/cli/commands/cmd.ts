import type { Command } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { inOwnScope } from '#cli/own-scope.ts';
import { addSharedOptions, type SharedOptions } from '#cli/shared-options.ts';

const EXAMPLES = `
Examples:
  warder cmd -- ls -la /
  warder cmd --timeout 1s --file script.sh -- bash script.sh
  echo text | warder cmd -- wc -c`;

export function defineCmd(command: Command, context: CliContext): void {
  addSharedOptions(command.argument('[command...]', 'the command and its arguments'))
    .usage('[options] -- COMMAND [ARGS...]')
    .passThroughOptions()
    .addHelpText('after', EXAMPLES)
    .action(async (operands: string[], options: SharedOptions) => {
      const elsewhere = await inOwnScope(context);
      if (elsewhere) return context.finish(elsewhere);
      // Only now: where the command is started twice, the first start needs none of it.
      const [{ execute }, { toJob, wantedCommand }] = await Promise.all([
        import('#cli/execute.ts'),
        import('#cli/job.ts'),
      ]);
      const wanted = await wantedCommand(context, operands, options);
      context.finish(await execute(context, await toJob(wanted)));
    });
}
