import { CommanderError } from 'commander';
import { damagedArgument } from './argument-bytes.ts';
import { splitArgv, wantsJson } from './argv.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { EXIT } from './exit-code.ts';
import { isRequestedOutput, runProgram } from './program.ts';
import { raise } from './signals.ts';
import { type Stdio, watchStdio } from './stdio.ts';
import { readVersion } from './version.ts';

/** Of the environment and arguments of this process; ends it. */
export async function start(): Promise<void> {
  const stdio = watchStdio();
  const split = splitArgv(process.argv.slice(2));
  const status: { value: ExitStatus } = { value: { kind: 'code', code: EXIT.ok } };
  const form = { json: wantsJson(split) };
  const context: CliContext = {
    env: process.env,
    programArgs: split.programArgs,
    stdio,
    setJson: (json) => {
      form.json = json;
    },
    finish: (value) => {
      status.value = value;
    },
  };
  try {
    await refuseDamaged(damagedArgument(process.argv));
    await runProgram(split.head, context, await readVersion());
  } catch (error) {
    status.value = { kind: 'code', code: await codeOf(error, split.head, form.json) };
  }
  await end(status.value, stdio);
}

/** @throws WarderError REQUEST_INVALID */
async function refuseDamaged(argument: string | undefined): Promise<void> {
  if (argument === undefined) return;
  const { usageError } = await import('./usage-error.ts');
  const hint = 'Bytes of any kind can be sent with --stdin or --file';
  throw usageError('', `an argument is not UTF-8 text: ${argument}`, hint);
}

/** Prints what is to be said about it. */
async function codeOf(error: unknown, head: readonly string[], json: boolean): Promise<number> {
  if (isRequestedOutput(error)) return EXIT.ok;
  // A group of commands without one of them: the parser has printed the help.
  if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage;
  return fail(error, head, json);
}

/** Says what went wrong, in the form that was asked for. */
async function fail(error: unknown, head: readonly string[], json: boolean): Promise<number> {
  // Loaded here: most commands never need it, and it brings the whole library.
  const { failure } = await import('./failure.ts');
  const known = error instanceof CommanderError ? { message: error.message, code: error.code } : null;
  return failure(error, { head, json, parser: known });
}

/**
 * Explicit, since a standard input that nobody writes to would keep the process alive; after a flush, since exiting
 * drops what a slow reader has not taken yet.
 */
async function end(status: ExitStatus, stdio: Stdio): Promise<void> {
  if (status.kind === 'signal') {
    await Promise.race([stdio.flush(), new Promise((resolve) => setTimeout(resolve, 500))]);
    raise(status.signal);
    return;
  }
  await stdio.flush();
  const broken = stdio.broken();
  if (broken === undefined) process.exit(status.code);
  if (broken.errno !== 'EPIPE')
    process.stderr.write(`warder: cannot write to ${broken.stream}: ${broken.errno}\n`);
  process.exit(broken.errno === 'EPIPE' ? EXIT.brokenPipe : EXIT.software);
}
