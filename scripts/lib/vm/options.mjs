import { parseArgs } from 'node:util';
import { GUESTS, MAIN_VARIANTS, VARIANTS } from './variants.mjs';

export const USAGE = `usage: scripts/test-vm [OPTIONS] [-- VITEST_ARGUMENTS]

Runs the tests in a virtual machine with systemd and cgroup v2, or one command for a quick look.

  --guest ${GUESTS.join('|').padEnd(22)} Debian 12 (default) or 13; a list, or "all"
  --variant LIST         ${VARIANTS.map(({ name }) => name).join(', ')}
                         (default: ${MAIN_VARIANTS.join(',')}; with --run: user)
  --all                  every variant of every guest
  --full                 every file of the host tests and every row of the conformance table, not their core
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
  const everything = values.all ? 'all' : undefined;
  const fallback = values.run === undefined ? MAIN_VARIANTS.join(',') : 'user';
  const known = VARIANTS.map(({ name }) => name);
  return {
    guests: names(values.guest ?? everything ?? 'bookworm', GUESTS, 'guest'),
    variants: names(values.variant ?? everything ?? fallback, known, 'variant'),
    run: values.run,
    shell: values.shell,
    build: !values['no-build'],
    rebuild: values.rebuild,
    full: values.full,
    help: values.help,
    vitest: positionals,
  };
}
