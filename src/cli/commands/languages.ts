import type { Command } from 'commander';
import { printJson, printText } from '#cli/print.ts';
import { table } from '#cli/table.ts';
import { type LanguageHere, languagesHere } from '#internal.ts';

const EXAMPLES = `
Examples:
  warder languages
  warder languages --json`;

export function defineLanguages(command: Command): void {
  command
    .option('--json', 'as a JSON array')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json }: { json?: boolean }) => {
      const languages = await languagesHere();
      if (json) printJson(languages.map(toJson));
      else printText(languageTable(languages));
    });
}

function toJson({ language, interpreter }: LanguageHere) {
  const { runArgv: _, ...data } = language;
  return { ...data, interpreter };
}

function languageTable(languages: readonly LanguageHere[]): string {
  const rows = languages.map(({ language, interpreter }) => [
    language.id,
    language.name,
    language.extensions.map((extension) => `.${extension}`).join(' '),
    language.aliases.join(', '),
    interpreter ?? `not installed (${language.interpreters.join(' or ')})`,
  ]);
  return table([['ID', 'NAME', 'FILES', 'ALSO CALLED', 'RUN BY'], ...rows]);
}
