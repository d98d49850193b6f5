import { filesOf } from './variants.mjs';

/** How much slower than on hardware a test's own waits may be: emulation makes processes and namespaces 20 times dearer. */
const SLOWNESS = { tcg: 20, kvm: 2 };
const FULL_SECONDS = 3600;

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

/**
 * The tests move themselves into a subgroup, as systemd's DelegateSubgroup= (since 254) does for a service: a group that
 * passes controllers on cannot hold the several processes of vitest.
 */
const ENTER_SUBGROUP = `own=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
mkdir "$own/tests" && echo $$ >"$own/tests/cgroup.procs" || exit 1
`;

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
 * One vitest over all files, as one project and in one process: its start costs 8 s under emulation, and the modules as much
 * for each process. The tally goes where the agent looks for it.
 *
 * @param {import('./variants.mjs').Variant} variant @param {'kvm' | 'tcg'} accelerator @param {number} index
 * @param {{ extent: import('./variants.mjs').Extent, vitest: readonly string[] }} options `vitest`: arguments that take the
 *   place of the selection
 * @returns {import('./job-disk.mjs').Job}
 */
export function testJob(variant, accelerator, index, { extent, vitest }) {
  const id = `${String(index).padStart(2, '0')}-${variant.name}`;
  const required = process.env['WARDER_REQUIRE'];
  const environment = {
    ...variables(variant, accelerator),
    WARDER_CONFORMANCE: extent === 'full' ? 'all' : 'core',
    WARDER_TEST_RUNS: process.env['WARDER_TEST_RUNS'] ?? (extent === 'core' ? '20' : '500'),
    WARDER_VM_TESTS: filesOf(variant, vitest.length > 0 ? 'chosen' : extent).join(' '),
    WARDER_TALLY_FILE: `/tmp/warder-tally-${id}.json`,
    ...(required ? { WARDER_REQUIRE: required } : {}),
  };
  const argv = [
    ...['node', 'node_modules/vitest/vitest.mjs', 'run', '--no-cache', '--no-isolate'],
    ...['--reporter=default', '--reporter=./scripts/lib/check/vitest-reporter.mjs'],
    ...(vitest.length > 0 ? vitest : ['--project', 'vm']),
  ];
  const enter = variant.subgroup ? ENTER_SUBGROUP : '';
  return {
    name: variant.name,
    variant: variant.name,
    seconds: extent === 'full' && variant.full.length > 0 ? FULL_SECONDS : variant.seconds,
    command: `${preamble(environment)}${enter}exec ${argv.map(quote).join(' ')}\n`,
  };
}
