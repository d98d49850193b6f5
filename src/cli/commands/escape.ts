import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { escapeText } from '#cli/escape-text.ts';
import { EXIT } from '#cli/exit-code.ts';
import { inOwnScope } from '#cli/own-scope.ts';
import { printText } from '#cli/print.ts';
import { watchSignals } from '#cli/signals.ts';
import { painter } from '#cli/style.ts';
import { table } from '#cli/table.ts';
import { usageError } from '#cli/usage-error.ts';
import { readVersion } from '#cli/version.ts';
import {
  ATTACKS,
  CATEGORIES,
  type EscapeReport,
  type Progress,
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
  warder escape --format json --out report.json
  warder escape --list

Exit code: 0 everything contained or not applicable, 1 something escaped or is weak, 2 with --strict when something was not
tested or failed.`;

interface Options {
  readonly policy: readonly string[];
  readonly engine: readonly ('auto' | 'bubblewrap' | 'nsjail')[];
  readonly rootfs?: string;
  readonly target: readonly ('plain-bwrap' | 'plain-nsjail')[];
  readonly only: readonly string[];
  readonly destructive?: boolean;
  readonly layers?: boolean;
  readonly strict?: boolean;
  readonly format: 'text' | 'json';
  readonly out?: string;
  readonly list?: boolean;
}

export function defineEscape(command: Command, context: CliContext): void {
  addOptions(command).action(async (options: Options) => {
    const unknown = unknownSelections(ATTACKS, options.only);
    if (unknown.length > 0)
      throw usageError(
        '--only',
        `no attack or category is called ${unknown.join(', ')}`,
        'See: warder escape --list',
      );
    if (options.list) {
      printText(listText(options));
      return;
    }
    const inner = await inOwnScope(context);
    if (inner) context.finish(inner);
    else await attack(options, context);
  });
}

function addOptions(command: Command): Command {
  const list = (flags: string, text: string, choices?: readonly string[]): Option => {
    const parse = (value: string, before: readonly string[]): readonly string[] => {
      if (choices?.includes(value) === false)
        throw usageError(flags, `\`${value}\` is none of ${choices.join(', ')}`);
      return [...before, value];
    };
    return new Option(flags, `${text} (repeatable)`).argParser(parse).default([]);
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
      new Option('--format <format>', 'form of the report').choices(['text', 'json']).default('text'),
    )
    .option('--out <file>', 'write the report to a file')
    .option('--list', 'print the attacks, run nothing')
    .addHelpText('after', EXAMPLES);
}

async function attack(options: Options, context: CliContext): Promise<void> {
  const { env, finish } = context;
  const canceling = new AbortController();
  const signals = watchSignals(() => canceling.abort());
  const progress = showProgress(process.stderr.isTTY === true);
  const parent = env['WARDER_CGROUP_PARENT'];
  try {
    const report = await runSuite({
      version: await readVersion(),
      env,
      targets: targetsOf(options),
      only: options.only,
      destructive: options.destructive === true,
      layers: options.layers === true,
      cgroup: { moveSelf: true, ...(parent ? { parent } : {}) },
      signal: canceling.signal,
      onProgress: progress.show,
    }).finally(progress.clear);
    const signal = signals.received();
    if (signal) finish({ kind: 'signal', signal });
    else {
      await write(report, options, env);
      finish({ kind: 'code', code: exitCode(report, options.strict === true) });
    }
  } finally {
    signals.stop();
  }
}

function targetsOf({ policy, engine, rootfs, target }: Options): readonly Target[] {
  const plain = target.map((kind) => ({ kind }));
  if (plain.length > 0 && policy.length === 0) return plain;
  const policies = policy.length > 0 ? policy : ['strict'];
  const engines = engine.length > 0 ? engine : (['auto'] as const);
  const chosen = rootfs === undefined ? {} : { rootfs };
  const attacked = policies.flatMap((name) =>
    engines.map((one) => ({ kind: 'warder' as const, policy: name, engine: one, ...chosen })),
  );
  return [...attacked, ...plain];
}

async function write(report: EscapeReport, { format, out }: Options, env: CliContext['env']): Promise<void> {
  const isTerminal = out === undefined && process.stdout.isTTY === true;
  const text =
    format === 'json' ? `${JSON.stringify(report)}\n` : escapeText(report, painter(isTerminal, env));
  if (out === undefined) process.stdout.write(text);
  else await writeFile(out, text);
}

function exitCode({ targets }: EscapeReport, strict: boolean): number {
  const count = (...verdicts: readonly (keyof (typeof targets)[number]['summary'])[]): number =>
    targets.reduce(
      (sum, { summary }) => sum + verdicts.reduce((all, verdict) => all + summary[verdict], 0),
      0,
    );
  if (count('escaped', 'weak') > 0 || targets.some(({ canaries }) => canaries.length > 0)) return 1;
  const untested = count('not-tested', 'error') > 0 || targets.some(({ problem }) => problem !== null);
  return strict && untested ? 2 : EXIT.ok;
}

function listText({ only }: Options): string {
  const rows = selectAttacks(ATTACKS, only).map(({ id, category, impact, tier, title }) => [
    CATEGORIES[category].letter,
    id,
    `${impact}${tier}`,
    title,
  ]);
  return table(rows);
}

/** One line that is written over (ECMA-48: carriage return, erase in line). */
function showProgress(isWanted: boolean) {
  const clear = (): void => {
    if (isWanted) process.stderr.write('\r\u001b[K');
  };
  const show = ({ target, done, total, id }: Progress): void => {
    clear();
    if (isWanted) process.stderr.write(`${target}: ${done}/${total} ${id}`);
  };
  return { show, clear };
}
