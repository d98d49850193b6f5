import { type Command, Option } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { doctorText } from '#cli/doctor-text.ts';
import { EXIT } from '#cli/exit-code.ts';
import { inOwnScope } from '#cli/own-scope.ts';
import { printJson } from '#cli/print.ts';
import { painter } from '#cli/style.ts';
import { type DoctorOptions, PARENT_VARIABLE, runDoctor } from '#internal.ts';

const EXAMPLES = `
Looks at launchers, kernel, control groups and settings, says of each what was found, why it matters and how to repair it,
and ends with real runs. No setting is changed: repairs are printed, never made.

"Ready" is about one policy: what it asks for and this host cannot give has failed.

Examples:
  warder doctor
  warder doctor --policy production --engine nsjail
  warder doctor --json | jq -r '.checks[] | select(.state == "failed") | .fix.script'

Exit code: 0 ready (there may be warnings), 69 not ready.`;

interface Options {
  readonly policy: string;
  readonly engine: DoctorOptions['engine'];
  readonly json?: boolean;
}

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
    .action(async ({ policy, engine, json }: Options) => {
      // As for run and cmd, so that the place for groups that is judged here is theirs.
      const elsewhere = await inOwnScope(context);
      if (elsewhere) return finish(elsewhere);
      const progress = showProgress(json !== true && process.stderr.isTTY === true);
      const parent = env[PARENT_VARIABLE];
      // This process is ours alone, so it may move itself out of the way.
      const cgroup = { moveSelf: true, ...(parent ? { parent } : {}) };
      const self = [process.execPath, process.argv[1] ?? 'warder'];
      const asked = { policy, engine, env, self, cgroup, onProgress: progress.show };
      const report = await runDoctor(asked).finally(progress.clear);
      if (json) printJson(report);
      else {
        const { isTTY, columns } = process.stdout;
        process.stdout.write(doctorText(report, painter(isTTY === true, env), isTTY ? columns : undefined));
      }
      finish({ kind: 'code', code: report.ready ? EXIT.ok : EXIT.unavailable });
    });
}

/** One line that is written over, for whoever waits at a terminal; ECMA-48: carriage return, erase in line. */
function showProgress(isWanted: boolean) {
  const clear = (): void => {
    if (isWanted) process.stderr.write('\r\u001b[K');
  };
  const show = (what: string): void => {
    clear();
    if (isWanted) process.stderr.write(`looking at ${what} …`);
  };
  return { show, clear };
}
