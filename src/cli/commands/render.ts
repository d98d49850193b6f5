import { type Command, Option } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { type Wanted, wantedCommand, wantedRun } from '#cli/job.ts';
import { printJson, printText } from '#cli/print.ts';
import { renderPlan } from '#cli/render-plan.ts';
import { renderText } from '#cli/render-text.ts';
import {
  addPlanOptions,
  addSourceOptions,
  type SharedOptions,
  type SourceOptions,
} from '#cli/shared-options.ts';

const EXAMPLES = `
Prints what would be executed and under which controls, and runs nothing. Without run or cmd, run is meant.

Examples:
  warder render run hello.py
  warder render cmd --memory 64MiB --json -- ls -la
  warder render --policy production --lang python -e 'print(1)'
  warder render --engine nsjail hello.py > hello.cfg && nsjail --config hello.cfg`;

export function defineRender(command: Command, context: CliContext): void {
  command.usage('[run|cmd] [options] ...').addHelpText('after', EXAMPLES);
  const run = command
    .command('run', { isDefault: true })
    .description('what `warder run` would do')
    .argument('[file...]', 'source file, or - for standard input');
  withJson(addPlanOptions(addSourceOptions(run)))
    .usage('[FILE|-] [options] [-- ARGS...]')
    .addHelpText('after', '\nExample:\n  warder render run hello.py --timeout 2s')
    .action(async (operands: string[], options: SharedOptions & SourceOptions) => {
      await render(context, await wantedRun(context, operands, options));
    });
  const cmd = command
    .command('cmd')
    .description('what `warder cmd` would do')
    .argument('[command...]', 'the command and its arguments');
  withJson(addPlanOptions(cmd))
    .usage('[options] -- COMMAND [ARGS...]')
    .passThroughOptions()
    .addHelpText('after', '\nExample:\n  warder render cmd -- ls -la')
    .action(async (operands: string[], options: SharedOptions) => {
      await render(context, await wantedCommand(context, operands, options));
    });
}

function withJson(command: Command): Command {
  // The program's input changes nothing about the plan, but a line copied from `warder run` may have it.
  return command
    .option('--json', 'as one JSON object')
    .addOption(new Option('--stdin <file|->').hideHelp())
    .addOption(new Option('-q, --quiet').hideHelp());
}

async function render(context: CliContext, wanted: Wanted): Promise<void> {
  const plan = await renderPlan(context, wanted);
  if (wanted.options.json) printJson(plan);
  else printText(renderText(plan));
}
