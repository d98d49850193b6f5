/**
 * The host variants. `boot` is what the kernel is started with: variants of one boot share a machine. `guests` says where
 * the variant can be had; `tests`, the beginnings of the test files that run there besides the variant's own;
 * `isSuite`, whether `--full` runs all of them; `subgroup`, whether the tests leave the delegated group to the supervisor
 * (jobs.mjs); `seconds` is what the tests may take.
 *
 * @typedef {'main' | 'hybrid'} Boot
 * @typedef {{
 *   name: string, boot: Boot, guests: readonly string[], tests: readonly string[], isSuite: boolean, subgroup: boolean,
 *   seconds: number,
 * }} Variant
 */

export const GUESTS = ['bookworm', 'trixie'];

/** What the kernel of a boot is told, besides what all are told. @type {Record<Boot, string>} */
export const BOOT_ARGUMENTS = { main: '', hybrid: 'systemd.unified_cgroup_hierarchy=0' };

/**
 * What says something of cgroups, of users or of the kernel, and does not start the command line dozens of times, which
 * takes 4 s each under emulation.
 */
const ROOT_CORE = ['test/conformance/', 'test/host/cgroup2', 'test/host/sweep.'];
const USER_CORE = [...ROOT_CORE, 'test/host/verdicts.', 'test/host/programs.', 'test/host/landlock.'];

const suite = {
  boot: /** @type {Boot} */ ('main'),
  guests: GUESTS,
  isSuite: true,
  subgroup: true,
  seconds: 1200,
};
const answers = {
  boot: /** @type {Boot} */ ('main'),
  guests: GUESTS,
  tests: [],
  isSuite: false,
  subgroup: false,
  seconds: 600,
};
// Debian 13's kernel has no memory controller of version 1, and its systemd waits 30 s before it goes on with version 2.
const hybrid = { ...answers, boot: /** @type {Boot} */ ('hybrid'), guests: ['bookworm'] };

/** @type {readonly Variant[]} */
export const VARIANTS = [
  { name: 'user', ...suite, tests: USER_CORE },
  { name: 'root', ...suite, tests: ROOT_CORE },
  { name: 'ssh', ...answers },
  { name: 'no-delegation', ...answers },
  { name: 'no-userns', ...answers },
  { name: 'nested', ...answers, subgroup: true },
  { name: 'hybrid', ...hybrid, tests: ['test/host/cgroup.', 'test/host/sweep.'] },
  { name: 'hybrid-user', ...hybrid },
];

/** What runs when nothing is asked for. */
export const MAIN_VARIANTS = ['user', 'root'];
