import type { Command } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { checkFiles, diffText, listPolicies, showPolicy } from '#cli/policy-reports.ts';
import { printJson, printText } from '#cli/print.ts';
import { diffPolicies, loadPolicyFile, policyJsonSchema } from '#internal.ts';

const EXAMPLES = `
Where a policy is named, a file can be given instead: anything with a slash, or ending in .yaml, .yml or .json.

Examples:
  warder policy list
  warder policy show strict
  warder policy check ./my-policy.yaml
  warder policy diff strict ./my-policy.yaml
  warder policy schema > warder-policy.schema.json`;

interface JsonOption {
  readonly json?: boolean;
}

export function definePolicy(command: Command, context: CliContext): void {
  command.addHelpText('after', EXAMPLES);
  defineList(command);
  defineShow(command);
  defineCheck(command, context);
  defineDiff(command);
  command
    .command('schema')
    .description('print the JSON Schema of policy files')
    .addHelpText('after', '\nExample:\n  warder policy schema > warder-policy.schema.json')
    .action(() => printText(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`));
}

function defineList(parent: Command): void {
  withJson(parent.command('list').description('the policies that come with warder'))
    .addHelpText('after', '\nExample:\n  warder policy list')
    .action(async ({ json }: JsonOption) => {
      const { data, text } = await listPolicies();
      if (json) printJson(data);
      else printText(text);
    });
}

function defineShow(parent: Command): void {
  withJson(parent.command('show').description('every value of a policy, and the file that sets it'))
    .argument('<name>', 'name or file')
    .addHelpText('after', '\nExamples:\n  warder policy show strict\n  warder policy show ./mine.yaml --json')
    .action(async (name: string, { json }: JsonOption) => {
      const { data, text } = await showPolicy(name);
      if (json) printJson(data);
      else printText(text);
    });
}

function defineCheck(parent: Command, { finish }: CliContext): void {
  withJson(parent.command('check').description('check policy files, with everything that they extend'))
    .argument('<files...>', 'names or files')
    .addHelpText('after', '\nExample:\n  warder policy check policies/*.yaml')
    .action(async (files: string[], { json }: JsonOption) => {
      const { data, text, errors, exitCode } = await checkFiles(files);
      if (json) printJson(data);
      else {
        printText(text);
        process.stderr.write(errors);
      }
      finish({ kind: 'code', code: exitCode });
    });
}

function defineDiff(parent: Command): void {
  withJson(parent.command('diff').description('where two policies differ, and which is stricter'))
    .argument('<a>', 'name or file')
    .argument('<b>', 'name or file')
    .addHelpText('after', '\nExample:\n  warder policy diff strict production')
    .action(async (a: string, b: string, { json }: JsonOption) => {
      const differences = diffPolicies(await loadPolicyFile(a), await loadPolicyFile(b));
      if (json) printJson(differences);
      else printText(diffText(a, b, differences));
    });
}

function withJson(command: Command): Command {
  return command.option('--json', 'as JSON');
}
