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

function toJson({ language, interpreter, missing }: LanguageHere) {
  const { id, name, aliases, extensions, baseline, compile } = language;
  return { id, name, aliases, extensions, baseline, compiled: compile !== null, interpreter, missing };
}

function languageTable(languages: readonly LanguageHere[]): string {
  const rows = languages.map(({ language, interpreter, missing }) => [
    language.id,
    language.name,
    language.extensions.map((extension) => `.${extension}`).join(' '),
    language.aliases.join(', '),
    interpreter ?? `not installed (${missing.join(', ')})`,
  ]);
  return table([['ID', 'NAME', 'FILES', 'ALSO CALLED', 'RUN BY'], ...rows]);
}
