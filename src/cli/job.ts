/** From a parsed command line to what is to be run. */
import type { Readable } from 'node:stream';
import type { CliContext } from './context.ts';
import type { Job } from './execute.ts';
import { overridesFromOptions } from './overrides.ts';
import { openStream, readAll, readWhole } from './read-file.ts';
import {
  chooseLanguage,
  chooseSource,
  commandRequest,
  loadFiles,
  runRequest,
  type Source,
  sourceName,
} from './request.ts';
import type { SharedOptions, SourceOptions } from './shared-options.ts';
import { usageError } from './usage-error.ts';

/** What a command line asks for, before the program's stdin is opened. */
export type Wanted = Omit<Job, 'stdin'> & { readonly sourceIsStdin: boolean };

/** `warder run`. @throws WarderError REQUEST_* */
export async function wantedRun(
  { programArgs }: CliContext,
  operands: readonly string[],
  options: SharedOptions & SourceOptions,
): Promise<Wanted> {
  const source = chooseSource(operands, options);
  const given = options.lang === undefined ? undefined : chooseLanguage(source, options.lang);
  const sourceIsStdin = source.kind === 'stdin';
  if (sourceIsStdin && options.stdin === '-') {
    throw usageError('--stdin', 'standard input cannot be both the source and the input of the program');
  }
  const overrides = overridesFromOptions(options);
  const files = await loadFiles(options.file);
  const content = await readSource(source);
  // After the file has been read: that it is a directory or missing is the better message.
  const language = given ?? chooseLanguage(source, undefined);
  const name = sourceName(source, language, content);
  const request = runRequest({ name, content, language }, options, files, programArgs ?? []);
  return { request, overrides, options, sourceIsStdin };
}

/** `warder cmd`. @throws WarderError REQUEST_* */
export async function wantedCommand(
  { programArgs }: CliContext,
  operands: readonly string[],
  options: SharedOptions,
): Promise<Wanted> {
  const overrides = overridesFromOptions(options);
  // After a command without `--` the first `--` is an argument of its own.
  const separator = operands.length > 0 && programArgs ? ['--'] : [];
  const argv = [...operands, ...separator, ...(programArgs ?? [])];
  const request = commandRequest(argv, options, await loadFiles(options.file));
  return { request, overrides, options, sourceIsStdin: false };
}

/** Opens the program's stdin as the last step, so that nothing is held open when something else is wrong. */
export async function toJob({ sourceIsStdin, ...wanted }: Wanted): Promise<Job> {
  requirePlace(wanted.options);
  return { ...wanted, stdin: await openStdin(wanted.options.stdin, sourceIsStdin) };
}

/** What nobody takes need not be fetched. */
function requirePlace({ artifact, out, json }: SharedOptions): void {
  if (artifact !== undefined && out === undefined && !json) {
    throw usageError('--artifact', 'where to? Give --out DIR, or --json to have the files in the result');
  }
  if (out !== undefined && artifact === undefined) throw usageError('--out', 'needs --artifact GLOB');
}

async function readSource(source: Source): Promise<Uint8Array<ArrayBuffer>> {
  if (source.kind === 'code') return Buffer.from(source.code, 'utf8');
  if (source.kind === 'stdin') return readAll(process.stdin, '', 'standard input');
  return (await readWhole(source.path, '')).content;
}

/** Ours is pumped, never inherited; a terminal only when asked for, since a program that reads it would seem to hang. */
async function openStdin(option: string | undefined, sourceIsStdin: boolean): Promise<Readable | null> {
  if (option === '-') return process.stdin;
  if (option !== undefined) return (await openStream(option, '--stdin')).stream;
  return sourceIsStdin || process.stdin.isTTY ? null : process.stdin;
}
