import { type Command, Option } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { EXIT, exitCodeOfError } from '#cli/exit-code.ts';
import { printJson, printText } from '#cli/print.ts';
import { errorScreen, toWarderError } from '#cli/report-error.ts';
import { progressPrinter } from '#cli/rootfs-progress.ts';
import { builtData, builtText, formatMegabytes, treesTable } from '#cli/rootfs-report.ts';
import { cancelOnSignal } from '#cli/rootfs-signal.ts';
import { painter } from '#cli/style.ts';
import { usageError } from '#cli/usage-error.ts';
import { rootfsCommands } from '#internal.ts';

const EXAMPLES = `
Trees are built once, from this host's own files where it has them, or from packages of a Debian mirror. They lie in
/var/lib/warder/rootfs for root, in $XDG_DATA_HOME/warder/rootfs for others, or where WARDER_ROOTFS_STORE says.

Examples:
  warder rootfs list
  warder rootfs build python
  warder run --rootfs python hello.py`;

/** As long as a slow line needs for the largest tree. */
const DOWNLOAD_TIMEOUT_S = 900;

interface BuildFlags {
  readonly builder: 'auto' | 'closure' | 'debian';
  readonly mirror?: string;
  readonly downloadTimeout: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

interface JsonFlag {
  readonly json?: boolean;
}

export function defineRootfs(command: Command, context: CliContext): void {
  command.addHelpText('after', EXAMPLES);
  defineList(command, context);
  defineBuild(command, context);
  defineImport(command, context);
  defineVerify(command, context);
  defineRemove(command, context);
}

function defineList(parent: Command, { env }: CliContext): void {
  withJson(parent.command('list').description('trees that are built, and trees that could be'))
    .addHelpText('after', '\nExample:\n  warder rootfs list --json')
    .action(async ({ json }: JsonFlag) => {
      const trees = await (await rootfsCommands()).listRootfs(env);
      if (json) printJson(trees);
      else printText(treesTable(trees));
    });
}

function defineBuild(parent: Command, context: CliContext): void {
  withJson(parent.command('build').description('build trees, or build them again'))
    .argument('<names...>', 'names of trees, or manifest files')
    .addOption(
      new Option('--builder <builder>', 'where files come from')
        .choices(['auto', 'closure', 'debian'])
        .default('auto'),
    )
    .option('--mirror <url>', "Debian mirror, or an apt sources line, in place of the host's own")
    .option('--download-timeout <seconds>', 'until a mirror is given up', String(DOWNLOAD_TIMEOUT_S))
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExamples:\n  warder rootfs build python javascript\n  warder rootfs build ruby --builder debian --mirror http://deb.debian.org/debian',
    )
    .action(async (names: string[], flags: BuildFlags) => {
      const downloadTimeoutMs = toSeconds(flags.downloadTimeout) * 1000;
      const commands = await rootfsCommands();
      const progress = progressPrinter(process.stderr, flags.quiet === true || flags.json === true);
      await cancelOnSignal(context, (signal) =>
        forNames(context, names, flags, async (name) => {
          const { builder, mirror = null } = flags;
          const options = { env: context.env, builder, mirror, downloadTimeoutMs, signal };
          const built = await commands
            .buildRootfs(name, { ...options, onProgress: progress.show })
            .finally(progress.clear);
          return { data: builtData(built), text: builtText(built) };
        }),
      );
    });
}

function defineImport(parent: Command, { env }: CliContext): void {
  withJson(
    parent.command('import').description('make a tree of a directory, a tar archive or an OCI image layout'),
  )
    .argument('<name>', 'name of the tree')
    .argument('<source>', 'directory or file')
    .option('--language <id...>', 'languages that `rootfs: auto` takes it for')
    .addHelpText(
      'after',
      '\nExamples:\n  warder rootfs import alpine ./alpine-minirootfs.tar.gz\n  warder rootfs import numpy ./image --language python',
    )
    .action(
      async (name: string, source: string, { language = [], json }: { language?: string[] } & JsonFlag) => {
        const progress = progressPrinter(process.stderr, json === true);
        const commands = await rootfsCommands();
        const built = await commands
          .importRootfs({ name, source, languages: language }, { env, onProgress: progress.show })
          .finally(progress.clear);
        if (json) printJson({ schema: 1, ok: true, ...builtData(built) });
        else printText(builtText(built));
      },
    );
}

function defineVerify(parent: Command, context: CliContext): void {
  withJson(parent.command('verify').description('read every byte of trees and compare with what was built'))
    .argument('<names...>', 'names of trees')
    .addHelpText('after', '\nExample:\n  warder rootfs verify python')
    .action(async (names: string[], flags: JsonFlag) => {
      const { verifyRootfs } = await rootfsCommands();
      await forNames(context, names, flags, async (name) => {
        const { sha256, record } = await verifyRootfs(name, context.env);
        const text = `${name}: as built, ${record.files} files, ${formatMegabytes(record.bytes)}, sha256 ${sha256}\n`;
        return { data: { name, sha256, files: record.files, bytes: record.bytes }, text };
      });
    });
}

function defineRemove(parent: Command, context: CliContext): void {
  withJson(parent.command('remove').description('remove trees; programs that run in one lose their files'))
    .argument('<names...>', 'names of trees')
    .addHelpText('after', '\nExample:\n  warder rootfs remove python')
    .action(async (names: string[], flags: JsonFlag) => {
      const { removeRootfs } = await rootfsCommands();
      await forNames(context, names, flags, async (name) => {
        await removeRootfs(name, context.env);
        return { data: { name }, text: `${name}: removed\n` };
      });
    });
}

interface Said {
  readonly data: object;
  readonly text: string;
}

/** Every name, also after one that failed; one JSON object for all. The exit code is that of the first failure. */
async function forNames(
  { finish }: CliContext,
  names: readonly string[],
  { json }: JsonFlag,
  work: (name: string) => Promise<Said>,
): Promise<void> {
  const results: object[] = [];
  let code: number = EXIT.ok;
  for (const name of names) {
    try {
      const { data, text } = await work(name);
      results.push({ ok: true, ...data });
      if (!json) printText(text);
    } catch (thrown) {
      const error = toWarderError(thrown);
      results.push({ ok: false, name, error });
      if (code === EXIT.ok) code = exitCodeOfError(error);
      const paint = painter(process.stderr.isTTY === true, process.env);
      if (!json) process.stderr.write(errorScreen(error, { paint }));
    }
  }
  if (json) printJson({ schema: 1, ok: code === EXIT.ok, results });
  finish({ kind: 'code', code });
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds;
  throw usageError('--download-timeout', `expected seconds from 1 to 86400, got ${JSON.stringify(text)}`);
}

function withJson(command: Command): Command {
  return command.option('--json', 'as JSON');
}
