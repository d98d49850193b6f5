/** `warder seccomp diff`: what one filter allows that another does not. */
import type { Command } from 'commander';
import { compareFilters, type FilterComparison, type FilterDifference, seccompSubject } from '#internal.ts';
import { printJson, printText } from './print.ts';
import type { SubjectFlags } from './seccomp-reports.ts';
import { table } from './table.ts';

const EXAMPLES = `
What is compared is what a program meets: a call that the prologue holds is refused, whatever a profile says about it.

Examples:
  warder seccomp diff ./docker.json
  warder seccomp diff strict paranoid --lang javascript`;

/** `withSubject` adds the options that say which filter a name means. */
export function defineSeccompDiff(parent: Command, withSubject: (command: Command) => Command): void {
  withSubject(
    parent
      .command('diff')
      .description('what a filter allows that another one does not, and the other way round'),
  )
    .option('--json', 'as JSON')
    .argument('<name>', 'profile, policy or file, such as a profile of Docker or Podman')
    .argument('[other]', 'what to compare with', 'default')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, other: string, flags: SubjectFlags & { readonly json?: boolean }) => {
      const { policy = false, lang: language, network, arch } = flags;
      const [first, second] = await Promise.all(
        [name, other].map((one) => seccompSubject(one, { policy, language, network, arch })),
      );
      if (!first || !second) return;
      const comparison = compareFilters(first.built.summary, second.built.summary);
      const { notes } = first;
      if (flags.json) printJson({ first: name, second: other, ...comparison, notes });
      else printText(diffText(name, other, comparison) + notes.map((note) => `note: ${note}\n`).join(''));
    });
}

/** Three lists; an empty one is left out. */
export function diffText(first: string, second: string, comparison: FilterComparison): string {
  const { more, less, different } = comparison;
  const sections = [
    section(`${first} allows, ${second} does not or for fewer arguments:`, more, first, second),
    section(`${second} allows, ${first} does not or for fewer arguments:`, less, first, second),
    section('judged by other arguments:', different, first, second),
  ];
  const text = sections.filter((one) => one !== '').join('\n');
  return text === '' ? `${first} and ${second} allow the same\n` : text;
}

function section(title: string, list: readonly FilterDifference[], first: string, second: string): string {
  if (list.length === 0) return '';
  const rows = list.map((one) => [`  ${one.syscall}`, one.first, one.second]);
  return `${title}\n${table([['  CALL', first, second], ...rows])}`;
}
