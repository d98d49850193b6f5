import type { Command } from 'commander';
import { printJson, printText } from '#cli/print.ts';
import { table } from '#cli/table.ts';
import { LANGUAGES } from '#internal.ts';

const EXAMPLES = `
Examples:
  warder languages
  warder languages --json`;

export function defineLanguages(command: Command): void {
  command
    .option('--json', 'as a JSON array')
    .addHelpText('after', EXAMPLES)
    .action(({ json }: { json?: boolean }) => {
      if (json) printJson(LANGUAGES.map(({ runArgv: _, ...language }) => language));
      else printText(languageTable());
    });
}

function languageTable(): string {
  const rows = LANGUAGES.map(({ id, name, extensions, aliases, interpreters }) => [
    id,
    name,
    extensions.map((extension) => `.${extension}`).join(' '),
    aliases.join(', '),
    interpreters.join(', '),
  ]);
  return table([['ID', 'NAME', 'FILES', 'ALSO CALLED', 'RUN BY'], ...rows]);
}
