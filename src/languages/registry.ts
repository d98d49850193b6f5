import { WarderError } from '#error/warder-error.ts';
import { suggest } from '#util/suggest.ts';
import { bash } from './bash.ts';
import { javascript } from './javascript.ts';
import { python } from './python.ts';
import type { Language } from './types.ts';

/** Every language, in the order that people are shown. A new one is one file and one line here. */
export const LANGUAGES: readonly Language[] = [python, javascript, bash];

/** By id or alias. @throws WarderError REQUEST_INVALID with a suggestion */
export function findLanguage(idOrAlias: string): Language {
  const wanted = idOrAlias.toLowerCase();
  const found = LANGUAGES.find(({ id, aliases }) => id === wanted || aliases.includes(wanted));
  if (found) return found;
  const near = suggest(
    wanted,
    LANGUAGES.flatMap(({ id, aliases }) => [id, ...aliases]),
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
    hint: `Known: ${LANGUAGES.map(({ id }) => id).join(', ')}. See: warder languages`,
  });
}

/** By a file's extension; undefined when none or several could be meant. */
export function languageOfFile(fileName: string): Language | undefined {
  const extension = /\.([A-Za-z0-9]+)$/.exec(fileName)?.[1]?.toLowerCase();
  return LANGUAGES.find(({ extensions }) => extension !== undefined && extensions.includes(extension));
}
