/** The commands, each loaded only when it is the one that was asked for. */
import { Command, CommanderError } from 'commander';
import type { CliContext } from './context.ts';

type Define = (command: Command, context: CliContext) => void;

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Define>;
}

const COMMANDS: readonly Entry[] = [
  {
    name: 'run',
    summary: 'run source code in a sandbox',
    load: async () => (await import('./commands/run.ts')).defineRun,
  },
  {
    name: 'cmd',
    summary: 'run any command in a sandbox',
    load: async () => (await import('./commands/cmd.ts')).defineCmd,
  },
  {
    name: 'render',
    summary: 'print what would be executed, run nothing',
    load: async () => (await import('./commands/render.ts')).defineRender,
  },
  {
    name: 'policy',
    summary: 'list, show, check and compare policies',
    load: async () => (await import('./commands/policy.ts')).definePolicy,
  },
  {
    name: 'seccomp',
    summary: 'show, explain, compile and learn system call filters',
    load: async () => (await import('./commands/seccomp.ts')).defineSeccomp,
  },
  {
    name: 'languages',
    summary: 'list the languages that run knows',
    load: async () => (await import('./commands/languages.ts')).defineLanguages,
  },
  {
    name: 'doctor',
    summary: 'look at what runs need of this host, and how to repair it',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
  {
    name: 'escape',
    summary: 'attack the sandbox on this host, and say what held',
    load: async () => (await import('./commands/escape.ts')).defineEscape,
  },
  {
    name: 'rootfs',
    summary: 'list, build, import, verify and remove root file systems',
    load: async () => (await import('./commands/rootfs.ts')).defineRootfs,
  },
  {
    name: 'gc',
    summary: 'remove what dead supervisors left behind',
    load: async () => (await import('./commands/gc.ts')).defineGc,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of a policy, request, result, error or report',
    load: async () => (await import('./commands/schema.ts')).defineSchema,
  },
];

const EXAMPLES = `
Examples:
  warder run hello.py
  warder run --lang python -e 'print(1)' --json
  warder cmd --memory 64MiB -- ls -la /
  warder render run hello.py
  warder policy show strict

Exit code: the program's own; 121 to 127 and 128+n for how it was ended; 64 for a wrong request, 69 for what the host
lacks, 70 for a failure of warder. With --json the result says it without doubt.`;

/** @throws CommanderError instead of ending the process; WarderError from the command itself */
export async function runProgram(
  head: readonly string[],
  context: CliContext,
  version: string,
): Promise<void> {
  const program = new Command('warder')
    .description('Runs untrusted programs under a policy, and says exactly what happened.')
    .version(version, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError()
    .hook('preAction', (_, command) => context.setJson(command.opts()['json'] === true))
    .addHelpText('after', EXAMPLES);
  const wanted = head[0] === 'help' ? head[1] : head.find((word) => !word.startsWith('-'));
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).description(summary);
    if (name === wanted) (await load())(command, context);
  }
  if (head.length === 0) {
    program.outputHelp();
    return;
  }
  await program.parseAsync([...head], { from: 'user' });
}

/** `--help` and `--version` end the parser in the same way as an error does. */
export function isRequestedOutput(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}
