import { type Command, Option } from 'commander';

/** What the options shared by run, cmd and render parse to. */
export interface SharedOptions {
  readonly policy?: string;
  readonly engine?: 'auto' | 'bubblewrap' | 'nsjail';
  readonly rootfs?: string;
  readonly timeout?: string;
  readonly memory?: string;
  readonly cpus?: string;
  readonly pids?: string;
  readonly network?: string;
  readonly set?: readonly string[];
  readonly allowWiden?: boolean;
  readonly stdin?: string;
  readonly file?: readonly string[];
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly artifact?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
  readonly progress?: boolean;
  readonly quiet?: boolean;
  readonly logLevel?: string;
  readonly logFile?: string;
  readonly raw?: boolean;
  /** false: compiled anew, and not kept. */
  readonly compileCache?: boolean;
}

/** Options of `run` alone. */
export interface SourceOptions {
  readonly lang?: string;
  readonly code?: string;
}

/** pino's levels; written out, so that `--help` does not load it. A test compares. */
export const LOG_LEVEL_NAMES = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(collect);
}

export function addSourceOptions(command: Command): Command {
  return command
    .option('-l, --lang <id>', 'language, when the extension does not tell; see: warder languages')
    .option('-e, --code <code>', 'run this text instead of a file; needs --lang')
    .option('--no-compile-cache', 'compile anew, and keep nothing of it');
}

export function addSharedOptions(command: Command): Command {
  return addReportOptions(
    addPlanOptions(command).option(
      '--stdin <file|->',
      "the program's standard input (default: ours, unless it is a terminal)",
    ),
  );
}

/** What decides how something is run, but not what becomes of its output. */
export function addPlanOptions(command: Command): Command {
  return addInputOptions(addPolicyOptions(command));
}

function addPolicyOptions(command: Command): Command {
  return command
    .option('-p, --policy <name|file>', 'policy (default: strict); see: warder policy list')
    .addOption(
      new Option('--engine <engine>', 'launcher (default: auto)').choices(['auto', 'bubblewrap', 'nsjail']),
    )
    .option(
      '--rootfs <name>',
      'root file system: auto, host, or the name of a tree that was built or imported',
    )
    .option('--timeout <duration>', 'wall-clock limit, such as 5s (limits.wall)')
    .option('--memory <size>', 'memory limit, such as 256MiB (limits.memory)')
    .option('--cpus <cores>', 'cores, such as 0.5 (limits.cpu)')
    .option('--pids <count>', 'processes and threads at once (limits.pids)')
    .option('--network <mode>', 'none or loopback (network.mode)')
    .addOption(repeatable('--set <path=value>', 'any field of the policy, such as limits.stdout=10MiB'))
    .option('--allow-widen', "let the options above go beyond the policy's ceilings; the result says so");
}

function addInputOptions(command: Command): Command {
  return command
    .addOption(
      repeatable('--file <host[:inside]>', 'copy a file into /workspace; a colon of a name is written \\:'),
    )
    .addOption(repeatable('--env <name=value>', 'environment variable of the program'))
    .option('--cwd <dir>', 'working directory, absolute inside or relative to /workspace')
    .addOption(repeatable('--artifact <glob>', 'files of /workspace to hand out, such as *.png or out/**/*'));
}

function addReportOptions(command: Command): Command {
  return command
    .option('--out <dir>', 'write the files of --artifact there; existing ones are left alone')
    .option('--json', 'print one RunResult as JSON and nothing else')
    .option('--raw', "let the program's control sequences reach the terminal")
    .option('--progress', 'once a second, a line on stderr about what the program has used')
    .option('-q, --quiet', 'no line about how the run ended')
    .addOption(
      new Option('--log-level <level>', "detail of warder's own log (default: warn)").choices(
        LOG_LEVEL_NAMES,
      ),
    )
    .option('--log-file <file>', 'append the log to this file, as JSON lines');
}
