import { parseArgs } from 'node:util';
import { GUESTS, MAIN_VARIANTS, VARIANTS } from './variants.mjs';

export const USAGE = `usage: scripts/test-vm [OPTIONS] [-- VITEST_ARGUMENTS]

Runs the tests in a virtual machine with systemd and cgroup v2, or one command for a quick look.

  --guest ${GUESTS.join('|').padEnd(22)} Debian 12 (default) or 13; a list, or "all"
  --variant LIST         ${VARIANTS.map(({ name }) => name).join(', ')}
                         (default: ${MAIN_VARIANTS.join(',')}; with --run: user)
  --all                  every variant of every guest, and the doctor also in user and root
  --full                 in user and root every file of the host tests and every row of the conformance table
  --run COMMAND          instead of tests: COMMAND for bash, in each variant; ends with its exit code
  --shell                instead of tests: a shell as root; "exit" powers the machine off
  --no-build             takes dist as it is
  --rebuild              makes a new image even when there is one
  --help                 this text

WARDER_VM_CACHE names the directory of the images (default: warder/test-vm in XDG_CACHE_HOME or ~/.cache).
`;

/** @param {string | undefined} list @param {readonly string[]} known @param {string} what */
function names(list, known, what) {
  const wanted = list === 'all' ? [...known] : (list?.split(',') ?? []);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown ${what}: ${unknown.join(', ')}`);
  return wanted;
}

/** @param {{ all: boolean, full: boolean }} values @returns {import('./variants.mjs').Extent} */
function extentOf({ all, full }) {
  if (full) return 'full';
  return all ? 'all' : 'core';
}

/** @param {string[]} argv */
export function parseOptions(argv) {
  const { values, positionals, tokens } = parseArgs({
    args: argv,
    allowPositionals: true,
    tokens: true,
    options: {
      guest: { type: 'string' },
      variant: { type: 'string' },
      all: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      run: { type: 'string' },
      shell: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      rebuild: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (positionals.length > 0 && !tokens.some(({ kind }) => kind === 'option-terminator')) {
    throw new Error(`unexpected: ${positionals.join(' ')}`);
  }
  refuseContradictions(values, positionals);
  const everything = values.all ? 'all' : undefined;
  const fallback = values.run === undefined ? MAIN_VARIANTS.join(',') : 'user';
  const known = VARIANTS.map(({ name }) => name);
  const guests = names(values.guest ?? everything ?? 'bookworm', GUESTS, 'guest');
  return {
    guests,
    variants: available(names(values.variant ?? everything ?? fallback, known, 'variant'), guests),
    run: values.run,
    shell: values.shell,
    build: !values['no-build'],
    rebuild: values.rebuild,
    extent: extentOf(values),
    help: values.help,
    vitest: positionals,
  };
}

/** @param {{ run?: string, shell: boolean }} values @param {readonly string[]} vitest */
function refuseContradictions({ run, shell }, vitest) {
  const asked = [
    ...(run === undefined ? [] : ['--run']),
    ...(shell ? ['--shell'] : []),
    ...(vitest.length > 0 ? ['arguments for vitest'] : []),
  ];
  if (asked.length > 1) throw new Error(`not both ${asked.join(' and ')}`);
}

/** @param {readonly string[]} variants @param {readonly string[]} guests */
function available(variants, guests) {
  const absent = VARIANTS.filter(
    (variant) => variants.includes(variant.name) && !guests.some((guest) => variant.guests.includes(guest)),
  );
  if (absent.length === 0) return variants;
  throw new Error(`not to be had on ${guests.join(', ')}: ${absent.map(({ name }) => name).join(', ')}`);
}
