/**
 * The steps of scripts/check, in the order in which they run: cheap and telling ones first.
 *
 * `kind` says how a step is counted: `check` is one result by its exit code, `tap` and `vitest` are counted test by test.
 * `when` says with which option a step runs that is too slow for always; `mayLack` is the capability, as in WARDER_REQUIRE,
 * that a host may lack: the step then ends with 69 and a tally that gives the reason.
 * @typedef {{
 *   name: string, title: string, kind: 'check' | 'tap' | 'vitest', argv: readonly string[],
 *   when?: 'vm' | 'all', mayLack?: string,
 * }} Step
 */

const bin = (/** @type {string} */ name) => `node_modules/.bin/${name}`;
const vitest = [
  bin('vitest'),
  'run',
  '--reporter=default',
  '--reporter=./scripts/lib/check/vitest-reporter.mjs',
];

/**
 * These tests start thousands of processes and measure times on machines that others use too. One that fails is tried
 * once more; the end of the output names it even so (print-end.mjs).
 */
const secondTry = '--retry=1';

/** @type {readonly Step[]} */
export const STEPS = [
  { name: 'build', title: 'Build', kind: 'check', argv: ['scripts/build'] },
  {
    name: 'format',
    title: 'Format and lint',
    kind: 'check',
    argv: [bin('biome'), 'ci', '--colors=off', '--error-on-warnings', '.'],
  },
  {
    name: 'promises',
    title: 'Lost promises, exhaustive switches',
    kind: 'check',
    argv: [bin('eslint'), '--max-warnings', '0', '.'],
  },
  { name: 'types', title: 'Types of src', kind: 'check', argv: [bin('tsc'), '-p', '.', '--noEmit'] },
  { name: 'test-types', title: 'Types of the tests', kind: 'check', argv: [bin('tsc'), '-p', 'test'] },
  {
    name: 'layers',
    title: 'Layers',
    kind: 'check',
    argv: [bin('depcruise'), '--config', '.dependency-cruiser.mjs', 'src'],
  },
  { name: 'unused', title: 'Unused files, exports and dependencies', kind: 'check', argv: [bin('knip')] },
  {
    name: 'unused-production',
    title: 'Packages that only tests use',
    kind: 'check',
    // Files and exports are left out: unit tests mirror src, so a pure function may be exported for its test.
    argv: [bin('knip'), '--production', '--dependencies'],
  },
  { name: 'native', title: 'Native unit tests', kind: 'tap', argv: ['scripts/test-native'] },
  {
    name: 'pack',
    title: 'The packed tarball, installed and used',
    kind: 'check',
    argv: ['scripts/pack-check'],
  },
  {
    name: 'unit',
    title: 'Unit and golden tests, coverage thresholds',
    kind: 'vitest',
    argv: [...vitest, '--project', 'unit', '--project', 'golden', '--coverage'],
  },
  {
    name: 'host',
    title: 'Host tests (real sandboxes)',
    kind: 'vitest',
    argv: [...vitest, '--project', 'host', secondTry],
  },
  {
    name: 'conformance',
    title: 'Conformance table on each engine',
    kind: 'vitest',
    argv: [...vitest, '--project', 'conformance'],
  },
  {
    name: 'languages',
    title: 'Languages: the table, compilers under attack, programs',
    kind: 'vitest',
    argv: [...vitest, '--project', 'languages', secondTry],
  },
  {
    name: 'vm',
    title: 'The core of both on a host with systemd and cgroup v2, as an ordinary user and as root',
    kind: 'vitest',
    argv: ['scripts/test-vm', '--no-build'],
    when: 'vm',
    mayLack: 'vm',
  },
  {
    name: 'mutants',
    title: 'Controls taken away one by one: the escape suite has to notice',
    kind: 'vitest',
    argv: [...vitest, '--project', 'mutants'],
    when: 'all',
  },
  {
    name: 'vm-all',
    title: 'Every host variant, on Debian 12 and 13',
    kind: 'vitest',
    argv: ['scripts/test-vm', '--no-build', '--all'],
    when: 'all',
    mayLack: 'vm',
  },
];
