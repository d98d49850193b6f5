/** How much slower than on hardware a test's own waits may be: emulation makes processes and namespaces 20 times dearer. */
const SLOWNESS = { tcg: 20, kvm: 2 };

/** @param {string} text */
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** @param {Record<string, string>} variables */
function preamble(variables) {
  const all = {
    // Of the guest, whatever the variant's own surroundings set.
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    CI: '1',
    ...variables,
  };
  const exports = Object.entries(all).map(([name, value]) => `export ${name}=${quote(value)}`);
  // A service of root's has no home.
  return ['cd /warder/job/checkout || exit 1', ...exports, '[[ -v HOME ]] || export HOME=/root', ''].join(
    '\n',
  );
}

/** @param {import('./variants.mjs').Variant} variant @param {'kvm' | 'tcg'} accelerator */
function variables({ name }, accelerator) {
  return { WARDER_VM: name, WARDER_TEST_SLOWNESS: String(SLOWNESS[accelerator]) };
}

/**
 * @param {import('./variants.mjs').Variant} variant @param {'kvm' | 'tcg'} accelerator @param {string} command
 * @returns {import('./job-disk.mjs').Job}
 */
export function commandJob(variant, accelerator, command) {
  return {
    name: variant.name,
    variant: variant.name,
    seconds: variant.seconds,
    command: `${preamble(variables(variant, accelerator))}${command}\n`,
  };
}

/**
 * One vitest over all files: its start costs 8 s under emulation. The tally goes where the agent looks for it.
 *
 * @param {import('./variants.mjs').Variant} variant @param {'kvm' | 'tcg'} accelerator @param {number} index
 * @param {readonly string[]} more arguments for vitest
 * @returns {import('./job-disk.mjs').Job}
 */
export function testJob(variant, accelerator, index, more) {
  const id = `${String(index).padStart(2, '0')}-${variant.name}`;
  const required = process.env['WARDER_REQUIRE'];
  const environment = {
    ...variables(variant, accelerator),
    WARDER_CONFORMANCE: process.env['WARDER_CONFORMANCE'] ?? 'core',
    WARDER_TALLY_FILE: `/tmp/warder-tally-${id}.json`,
    ...(required ? { WARDER_REQUIRE: required } : {}),
  };
  const argv = [
    ...['node', 'node_modules/vitest/vitest.mjs', 'run', '--no-cache'],
    ...['--reporter=default', '--reporter=./scripts/lib/check/vitest-reporter.mjs'],
    ...variant.projects.flatMap((project) => ['--project', project]),
    ...more,
  ];
  const command = `exec ${argv.map(quote).join(' ')}`;
  return { ...commandJob(variant, accelerator, ''), command: `${preamble(environment)}${command}\n` };
}
