import { WarderError } from '#error/warder-error.ts';
import { suggest } from '#util/suggest.ts';
import { bash } from './bash.ts';
import { c } from './c.ts';
import { cpp } from './cpp.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { javascript } from './javascript.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import type { Language } from './types.ts';
import { typescript } from './typescript.ts';

/** Every language, in the order that people are shown. A new one is one file and one line here. */
export const LANGUAGES: readonly Language[] = [
  python,
  javascript,
  typescript,
  bash,
  ruby,
  go,
  rust,
  java,
  cpp,
  c,
];

/** By id or alias. @throws WarderError REQUEST_INVALID with a suggestion */
export function findLanguage(idOrAlias: string, languages: readonly Language[] = LANGUAGES): Language {
  const wanted = idOrAlias.toLowerCase();
  const found = languages.find(({ id, aliases }) => id === wanted || aliases.includes(wanted));
  if (found) return found;
  const near = suggest(
    wanted,
    languages.flatMap(({ id, aliases }) => [id, ...aliases]),
  );
  throw new WarderError('REQUEST_INVALID', `unknown language \`${idOrAlias}\``, {
    details: {
      issues: [
        {
          path: 'language',
          message: `unknown language \`${idOrAlias}\``,
          ...(near ? { suggestion: near } : {}),
        },
      ],
    },
    hint: `Known: ${languages.map(({ id }) => id).join(', ')}. See: warder languages`,
  });
}

/** By a file's extension; undefined when none or several could be meant. */
export function languageOfFile(fileName: string): Language | undefined {
  const extension = /\.([A-Za-z0-9]+)$/.exec(fileName)?.[1]?.toLowerCase();
  return LANGUAGES.find(({ extensions }) => extension !== undefined && extensions.includes(extension));
}

/** Every command that some language is compiled or run with. */
export function toolNames(languages: readonly Language[] = LANGUAGES): readonly string[] {
  return [...new Set(languages.flatMap(toolsOf).flat())];
}

/** What has to be there: of each list any one command. */
export function toolsOf({ compile, interpreters }: Language): readonly (readonly string[])[] {
  return [compile?.compilers ?? [], interpreters].filter((names) => names.length > 0);
}
