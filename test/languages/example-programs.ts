/** The programs of examples/programs, as requests: their sources, and what all languages' versions of one are given. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunRequest } from '#index.ts';
import type { Language } from '#languages/types.ts';

const PROGRAMS = fileURLToPath(new URL('../../examples/programs/', import.meta.url));

type Files = NonNullable<RunRequest['files']>;

export interface ExampleProgram {
  readonly name: string;
  readonly request: RunRequest;
  /** Lines of all its sources together. */
  readonly lines: number;
  readonly expected: string;
}

interface Input {
  readonly args: readonly string[];
  readonly stdin: string;
  readonly files: Files;
}

const DOCUMENTS = filesOf('documents').map(({ path, content }) => ({ path: `documents/${path}`, content }));

/** By program. */
const INPUTS: Readonly<Record<string, Input>> = {
  report: { args: [], stdin: 'orders.csv', files: [] },
  index: { args: DOCUMENTS.map(({ path }) => path), stdin: 'index.queries.txt', files: DOCUMENTS },
  numbers: { args: ['4'], stdin: 'numbers.input.txt', files: [] },
};

export const PROGRAM_NAMES = Object.keys(INPUTS).sort();

/** Below PROGRAMS, relative to `path`, in order. */
function filesOf(path: string): Files {
  return readdirSync(join(PROGRAMS, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: file.slice(join(PROGRAMS, path).length + 1), content: readFileSync(file) }));
}

/** `index.c` is the program `index`, and so is a directory `index`; the source of that name is where it starts. */
function nameOf(path: string): string {
  return (path.split('/').at(-1) ?? '').toLowerCase().replace(/\..*$/, '');
}

function sourcesOf(language: string, entry: string): Files {
  const path = join(PROGRAMS, language, entry);
  return entry.includes('.')
    ? [{ path: entry, content: readFileSync(path) }]
    : filesOf(join(language, entry));
}

export function examplePrograms({ id, extensions }: Language): readonly ExampleProgram[] {
  return readdirSync(join(PROGRAMS, id)).map((entry) => {
    const name = nameOf(entry);
    const sources = sourcesOf(id, entry);
    const isStart = (path: string) => nameOf(path) === name && extensions.some((e) => path.endsWith(`.${e}`));
    const entrypoint = sources.find(({ path }) => isStart(path))?.path ?? entry;
    const { args, stdin, files } = INPUTS[name] ?? { args: [], stdin: '/dev/null', files: [] };
    return {
      name,
      request: {
        language: id,
        entrypoint,
        files: [...sources, ...files],
        args: [...args],
        stdin: readFileSync(join(PROGRAMS, stdin)),
      },
      lines: sources.reduce((sum, { content }) => sum + content.toString().trimEnd().split('\n').length, 0),
      expected: readFileSync(join(PROGRAMS, `${name}.expected.txt`), 'utf8'),
    };
  });
}
