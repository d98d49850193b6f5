import type { Command } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { ownPlace } from '#cli/own-place.ts';
import { inOwnScope } from '#cli/own-scope.ts';
import { printJson, printText } from '#cli/print.ts';
import { table } from '#cli/table.ts';
import { reportLanguages, type SurveyedLanguage } from '#internal.ts';

const EXAMPLES = `
Each language's first program is compiled and run in a sandbox, under the policy strict and on the root file system that
\`--rootfs auto\` takes. What works is remembered until the tree or the tools change.

Examples:
  warder languages
  warder languages --refresh
  warder languages --json`;

interface Options {
  readonly json?: boolean;
  readonly refresh?: boolean;
}

export function defineLanguages(command: Command, context: CliContext): void {
  command
    .option('--json', 'as a JSON array')
    .option('--refresh', 'try every language again, also those that are known to work')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json, refresh = false }: Options) => {
      const elsewhere = await inOwnScope(context);
      if (elsewhere) return context.finish(elsewhere);
      const languages = await reportLanguages({ env: context.env, refresh, cgroup: ownPlace(context.env) });
      if (json) printJson(languages.map(toJson));
      else printText(languageTable(languages));
    });
}

function toJson({ language, check }: SurveyedLanguage) {
  const { id, name, aliases, extensions, baseline, compile } = language;
  const { version, rootfs, works, why, hint, checkedAt } = check;
  const compileBaseline = compile?.baseline ?? null;
  const known = { id, name, aliases, extensions, compiled: compile !== null, baseline, compileBaseline };
  return { ...known, version, rootfs, works, why, hint, checkedAt };
}

function languageTable(languages: readonly SurveyedLanguage[]): string {
  const rows = languages.map(({ language, check }) => [
    language.id,
    language.name,
    check.version ?? '–',
    check.rootfs ?? '–',
    language.extensions.map((extension) => `.${extension}`).join(' '),
    language.aliases.join(', '),
    check.works ? 'yes' : `no: ${check.why}`,
  ]);
  const hints = languages.flatMap(({ check: { id, hint } }) => (hint === null ? [] : [`${id}: ${hint}\n`]));
  const shown = table([['ID', 'NAME', 'VERSION', 'ROOTFS', 'FILES', 'ALSO CALLED', 'RUNS'], ...rows]);
  return hints.length === 0 ? shown : `${shown}\n${hints.join('')}`;
}
