import { type Command, Option } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { readBaseline, withBaseline } from '#cli/escape-baseline.ts';
import { escapeExitCode } from '#cli/escape-exit-code.ts';
import { requireWritable, writeReport } from '#cli/escape-out.ts';
import { escapeProgress } from '#cli/escape-progress.ts';
import { requireCommonTarget, type TargetOptions, targetsOf } from '#cli/escape-targets.ts';
import { escapeText } from '#cli/escape-text.ts';
import { ownPlace } from '#cli/own-place.ts';
import { inOwnScope } from '#cli/own-scope.ts';
import { printText } from '#cli/print.ts';
import { watchSignals } from '#cli/signals.ts';
import { painter } from '#cli/style.ts';
import { table } from '#cli/table.ts';
import { usageError } from '#cli/usage-error.ts';
import { readVersion } from '#cli/version.ts';
import {
  ATTACKS,
  type Attack,
  CATEGORIES,
  type EscapeReport,
  loadUserAttacks,
  REPORT_FORMATS,
  type ReportFormat,
  runSuite,
  selectAttacks,
  type Target,
  unknownSelections,
} from '#escape/index.ts';

const EXAMPLES = `
Attacks the sandbox on this host and says what held. Each attack is also run where it must succeed (its positive control):
where that did not work either, it is "not-tested", never "contained". Attacks do no harm where the sandbox fails; the few
that could (fork bomb, full memory, full disk) need --destructive.

--target plain-bwrap and plain-nsjail attack the launchers as people start them by hand, for comparison.

Examples:
  warder escape
  warder escape --policy production --policy paranoid --engine bubblewrap --engine nsjail
  warder escape --only seccomp --only fs-write-rootfs --layers
  warder escape --policy strict,paranoid --format html --out report.html
  warder escape --format json --out report.json
  warder escape --baseline report.json
  warder escape --attacks my-attacks --only my-own-attack
  warder escape --list

Exit code: 0 everything contained or not applicable; 1 something escaped or is weak, or with --baseline less is known to hold
than then; 2 with --strict when something was not tested or failed; 2 as well when a target could not be attacked at all.`;

interface Options extends TargetOptions {
  readonly only: readonly string[];
  readonly destructive?: boolean;
  readonly layers?: boolean;
  readonly strict?: boolean;
  readonly attacks?: string;
  readonly baseline?: string;
  readonly format: 'text' | ReportFormat;
  readonly out?: string;
  readonly list?: boolean;
}

export function defineEscape(command: Command, context: CliContext): void {
  addOptions(command).action(async (options: Options) => {
    const attacks = await attacksOf(options);
    const unknown = unknownSelections(attacks, options.only);
    if (unknown.length > 0)
      throw usageError(
        '--only',
        `no attack or category is called ${unknown.join(', ')}`,
        'See: warder escape --list',
      );
    if (options.list) {
      printText(listText(attacks, options));
      return;
    }
    const targets = targetsOf(options);
    const before = options.baseline === undefined ? null : await readBaseline(options.baseline);
    if (before) requireCommonTarget(before, targets);
    if (options.out !== undefined) await requireWritable(options.out);
    const inner = await inOwnScope(context);
    if (inner) context.finish(inner);
    else await attack({ attacks, targets, before }, options, context);
  });
}

function addOptions(command: Command): Command {
  const list = (flags: string, text: string, choices?: readonly string[]): Option => {
    const parse = (value: string, before: readonly string[]): readonly string[] => {
      const values = value.split(',').filter((one) => one !== '');
      // An empty variable of a script must not stand for everything, or for the default.
      if (values.length === 0) throw usageError(flags, 'names nothing');
      const wrong = choices === undefined ? undefined : values.find((one) => !choices.includes(one));
      if (wrong !== undefined) throw usageError(flags, `\`${wrong}\` is none of ${choices?.join(', ')}`);
      return [...before, ...values];
    };
    return new Option(flags, `${text} (repeatable, or separated by commas)`).argParser(parse).default([]);
  };
  return command
    .addOption(list('-p, --policy <name|file>', 'policy to attack; default: strict'))
    .addOption(list('--engine <engine>', 'launcher; default: auto', ['auto', 'bubblewrap', 'nsjail']))
    .option('--rootfs <name>', "root file system in place of the policy's own")
    .addOption(list('--target <target>', 'a plain launcher instead', ['plain-bwrap', 'plain-nsjail']))
    .addOption(list('--only <category|id>', 'these attacks only; default: all'))
    .option('--destructive', 'also attacks that could harm this host if the sandbox fails')
    .option('--layers', 'take single controls away and see whether others hold')
    .option('--strict', 'exit code 2 when something was not tested or failed')
    .addOption(
      new Option('--format <format>', 'form of the report')
        .choices(['text', ...Object.keys(REPORT_FORMATS)])
        .default('text'),
    )
    .option('--out <file>', 'write the report to a file')
    .option('--attacks <directory>', 'also your own attacks: YAML or JSON files (docs/escape.md)')
    .option('--baseline <file>', 'a former JSON report: say what changed')
    .option('--list', 'print the attacks, run nothing')
    .addHelpText('after', EXAMPLES);
}

async function attacksOf({ attacks }: Options): Promise<readonly Attack[]> {
  if (attacks === undefined) return ATTACKS;
  const taken = ATTACKS.map(({ id }) => id);
  return [...ATTACKS, ...(await loadUserAttacks(attacks, taken))];
}

interface Asked {
  readonly attacks: readonly Attack[];
  readonly targets: readonly Target[];
  readonly before: EscapeReport | null;
}

async function attack(
  { attacks, targets, before }: Asked,
  options: Options,
  context: CliContext,
): Promise<void> {
  const { env, finish } = context;
  const canceling = new AbortController();
  const signals = watchSignals(() => canceling.abort());
  const progress = escapeProgress(process.stderr);
  try {
    const report = await runSuite({
      version: await readVersion(),
      env,
      attacks,
      targets,
      only: options.only,
      destructive: options.destructive === true,
      layers: options.layers === true,
      cgroup: ownPlace(env),
      signal: canceling.signal,
      onProgress: progress.show,
    }).finally(progress.clear);
    const signal = signals.received();
    if (signal) finish({ kind: 'signal', signal });
    else {
      const whole = withBaseline(report, before, options.only);
      await write(whole, options, env);
      finish({ kind: 'code', code: escapeExitCode(whole, options.strict === true) });
    }
  } finally {
    signals.stop();
  }
}

async function write(report: EscapeReport, { format, out }: Options, env: CliContext['env']): Promise<void> {
  const isTerminal = out === undefined && process.stdout.isTTY === true;
  const text =
    format === 'text' ? escapeText(report, painter(isTerminal, env)) : REPORT_FORMATS[format](report);
  if (out === undefined) process.stdout.write(text);
  else await writeReport(out, text);
}

function listText(attacks: readonly Attack[], { only }: Options): string {
  const rows = selectAttacks(attacks, only).map(({ id, category, impact, tier, title }) => [
    CATEGORIES[category].letter,
    id,
    `${impact}${tier}`,
    title,
  ]);
  return table(rows);
}
