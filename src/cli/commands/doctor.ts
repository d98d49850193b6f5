import { type Command, Option } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { inOwnScope } from '#cli/own-scope.ts';
import type { DoctorRequest } from '#cli/show-doctor.ts';

const EXAMPLES = `
Looks at launchers, kernel, control groups and settings, says of each what was found, why it matters and how to repair it,
and ends with real runs. No setting is changed: repairs are printed, never made.

"Ready" is about one policy: what it asks for and this host cannot give has failed.

Examples:
  warder doctor
  warder doctor --policy production --engine nsjail
  warder doctor --json | jq -r '.checks[] | select(.state == "failed") | .fix.script'

Exit code: 0 ready (there may be warnings), 69 not ready.`;

export function defineDoctor(command: Command, context: CliContext): void {
  const { env, finish } = context;
  command
    .option('-p, --policy <name|file>', 'the policy that has to work here', 'strict')
    .addOption(
      new Option('--engine <engine>', 'the launcher that has to work here')
        .choices(['auto', 'bubblewrap', 'nsjail'])
        .default('auto'),
    )
    .option('--json', 'as one JSON object; see: warder schema doctor')
    .addHelpText('after', EXAMPLES)
    .action(async (request: DoctorRequest) => {
      // As for run and cmd, so that the place for groups that is judged here is theirs.
      const elsewhere = await inOwnScope(context);
      if (elsewhere) return finish(elsewhere);
      // Only now: where the command is started twice, the first start needs none of it.
      const { showDoctor } = await import('#cli/show-doctor.ts');
      finish({ kind: 'code', code: await showDoctor(request, env) });
    });
}
