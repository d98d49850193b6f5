/** The options of a command line as a RunRequest. Pure but for reading the files that are named. */
import { basename } from 'node:path';
import type { RunRequest } from '#index.ts';
import { findLanguage, LANGUAGES, type Language, languageOfFile } from '#internal.ts';
import { type FileContent, readWhole } from './read-file.ts';
import type { SharedOptions, SourceOptions } from './shared-options.ts';
import { usageError } from './usage-error.ts';

type RequestFile = NonNullable<RunRequest['files']>[number];

/** Where the source of `warder run` comes from. */
export type Source =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'file'; readonly path: string };

/** @throws WarderError REQUEST_INVALID */
export function chooseSource(operands: readonly string[], { code, lang }: SourceOptions): Source {
  const [path, extra] = operands;
  if (extra !== undefined) {
    throw usageError(extra, 'unexpected argument', `Arguments of the program go after --: -- ${extra}`);
  }
  if (code !== undefined && path !== undefined) {
    throw usageError('-e', `give either code or a file, not both (${path})`);
  }
  if (code === undefined && path === undefined) {
    throw usageError(
      '',
      'nothing to run',
      "Name a file, or give code: warder run --lang python -e 'print(1)'",
    );
  }
  if (lang === undefined && (code !== undefined || path === '-')) {
    throw usageError('--lang', `is needed with ${path ?? '-e'}; ${knownLanguages()}`);
  }
  if (code !== undefined) return { kind: 'code', code };
  return path === '-' ? { kind: 'stdin' } : { kind: 'file', path: path ?? '' };
}

/** @throws WarderError REQUEST_INVALID for an unknown language or extension */
export function chooseLanguage(source: Source, lang: string | undefined): Language {
  if (lang !== undefined) return findLanguage(lang);
  const path = source.kind === 'file' ? source.path : '';
  const found = languageOfFile(path);
  if (found) return found;
  throw usageError(
    path,
    'the extension does not tell the language',
    `Say it with --lang ID; ${knownLanguages()}`,
  );
}

/** The name that the language wants for this text, or `main.<extension>`; the file's own extension where the language has several, since .mjs is not .cjs. */
export function sourceName(
  source: Source,
  { extensions, sourceName: wanted }: Language,
  content: Uint8Array,
): string {
  if (wanted) return wanted(Buffer.from(content).toString('utf8'));
  const own = source.kind === 'file' ? /\.([A-Za-z0-9]+)$/.exec(source.path)?.[1]?.toLowerCase() : undefined;
  return `main.${extensions.find((extension) => extension === own) ?? extensions[0]}`;
}

export function runRequest(
  source: { readonly name: string; readonly content: Uint8Array<ArrayBuffer>; readonly language: Language },
  options: SharedOptions,
  files: readonly RequestFile[],
  args: readonly string[],
): RunRequest {
  return {
    ...common(options),
    language: source.language.id,
    files: [{ path: source.name, content: source.content }, ...files],
    entrypoint: source.name,
    args: [...args],
  };
}

export function commandRequest(
  argv: readonly string[],
  options: SharedOptions,
  files: readonly RequestFile[],
): RunRequest {
  if (argv.length === 0) {
    throw usageError('', 'no command to run', 'Write it after --, as in: warder cmd -- ls -la');
  }
  return { ...common(options), argv: [...argv], ...(files.length > 0 ? { files: [...files] } : {}) };
}

function common({ policy, engine, rootfs, cwd, env, artifact }: SharedOptions): RunRequest {
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(engine === undefined ? {} : { engine }),
    ...(rootfs === undefined ? {} : { rootfs }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(artifact === undefined ? {} : { artifacts: [...artifact] }),
    ...(env === undefined ? {} : { env: Object.fromEntries(env.map(toVariable)) }),
  };
}

function toVariable(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw usageError('--env', `expected NAME=VALUE, got \`${text}\``);
  const name = text.slice(0, at);
  // An object cannot carry it as a key like others: it would be dropped on the way without a word.
  if (name === '__proto__') throw usageError('--env', 'a variable cannot be called `__proto__` here');
  return [name, text.slice(at + 1)];
}

/**
 * `HOST[:INSIDE]`, split at the last colon; inside, the file lies below /workspace. In a name with colons of its own
 * `\:` stands for one, and `\\` for a backslash; any other backslash for itself.
 */
export function parseFileOption(text: string): { readonly host: string; readonly inside: string } {
  const at = lastSeparator(text);
  const host = unescapeName(at < 0 ? text : text.slice(0, at));
  const inside = at < 0 ? basename(host) : unescapeName(text.slice(at + 1)).replace(/^\/workspace\//, '');
  if (host === '' || inside === '') throw usageError('--file', `expected HOST[:INSIDE], got \`${text}\``);
  return { host, inside };
}

/** The last colon that is not escaped; -1 without one. */
function lastSeparator(text: string): number {
  const separators = [...text.matchAll(/\\[\\:]|:/g)].filter(([found]) => found === ':');
  return separators.at(-1)?.index ?? -1;
}

function unescapeName(text: string): string {
  return text.replace(/\\([\\:])/g, '$1');
}

export async function loadFiles(options: readonly string[] = []): Promise<readonly RequestFile[]> {
  return Promise.all(
    options.map(async (text) => {
      const { host, inside } = parseFileOption(text);
      return toRequestFile(inside, await readWhole(host, '--file'));
    }),
  );
}

function toRequestFile(path: string, { content, executable }: FileContent): RequestFile {
  return { path, content, mode: executable ? '0755' : '0644' };
}

function knownLanguages(): string {
  return `known: ${LANGUAGES.map(({ id }) => id).join(', ')}`;
}

/** Whoever types the command may name any policy, files included: it becomes the instance's own. */
export function policyOf({ policy }: RunRequest): { readonly policy?: string } {
  return typeof policy === 'string' ? { policy } : {};
}
