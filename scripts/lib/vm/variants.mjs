/**
 * The host variants. Those of one `machine` run one after the other in the same one, which is started as `boot` says;
 * `guests` says where the variant can be had, `core` which test files run there, `more` which others with --all, and `full`
 * which with --full; `subgroup`, whether the tests leave the delegated group to the supervisor (jobs.mjs); `seconds` is what
 * the tests may take.
 *
 * @typedef {'main' | 'hybrid'} Boot
 * @typedef {'core' | 'all' | 'full'} Extent
 * @typedef {{
 *   name: string, machine: string, boot: Boot, guests: readonly string[], core: readonly string[], more: readonly string[],
 *   full: readonly string[], subgroup: boolean, seconds: number,
 * }} Variant
 */

export const GUESTS = ['bookworm', 'trixie'];

/** What the kernel of a boot is told, besides what all are told. @type {Record<Boot, string>} */
export const BOOT_ARGUMENTS = { main: '', hybrid: 'systemd.unified_cgroup_hierarchy=0' };

/**
 * What says something of cgroups, of users or of the kernel, and does not start the command line dozens of times, which
 * takes some ten seconds each under emulation. What is in the core of one only is shared out so that both take as long.
 */
const CORE = [
  'test/conformance/*.test.ts',
  ...['test/host/cgroup2.test.ts', 'test/host/cgroup-leaf.test.ts'],
];
const SWEEP = 'test/host/sweep.test.ts';
const VERDICTS = 'test/host/verdicts.test.ts';
/** What the core says too, or what hosts with cgroup v1 show as well. */
const USER_MORE = [SWEEP, 'test/host/programs.test.ts', 'test/host/landlock.test.ts'];
/** Two minutes where it also carries out repairs, so the main variants leave it to --all. */
const DOCTOR = 'test/vm/doctor.test.ts';
/** Some dozen command lines, each of which is started twice. */
const OWN_SCOPE = 'test/vm/own-scope.test.ts';
/** Runs of some seconds, watched from outside. */
const LONG_RUN = 'test/vm/long-run.test.ts';
const ESCAPE = ['test/vm/escape.test.ts', 'test/host/escape-open-limits.test.ts'];
/** Root of this guest has every capability, so that the suite can be shown the loss of what others never had. */
const MUTANTS = 'test/vm/mutants.test.ts';

/** What warder answers on a variant. @param {string} name */
const own = (name) => `test/vm/${name}.test.ts`;

const main = { boot: /** @type {Boot} */ ('main'), guests: GUESTS };
const suite = {
  ...main,
  more: [DOCTOR],
  full: ['test/conformance/*.test.ts', 'test/host/*.test.ts'],
  subgroup: true,
  seconds: 1800,
};
const answers = { ...main, machine: 'answers', more: [], full: [], subgroup: false, seconds: 600 };
// Debian 13's kernel has no memory controller of version 1, and its systemd waits 30 s before it goes on with version 2.
const hybrid = { ...answers, machine: 'hybrid', boot: /** @type {Boot} */ ('hybrid'), guests: ['bookworm'] };
/** A machine for each, since the suite takes minutes for each policy under emulation. */
const escapeSuite = { ...main, more: [], full: [], subgroup: true, seconds: 3600 };

/** @type {readonly Variant[]} */
export const VARIANTS = [
  {
    name: 'user',
    machine: 'user',
    ...suite,
    core: [own('user'), ...CORE, VERDICTS],
    more: [...USER_MORE, LONG_RUN, OWN_SCOPE, DOCTOR],
  },
  {
    name: 'root',
    machine: 'root',
    ...suite,
    core: [own('root'), ...CORE, SWEEP],
    more: [VERDICTS, DOCTOR],
  },
  { name: 'ssh', ...answers, core: [own('ssh'), DOCTOR, OWN_SCOPE], seconds: 1200 },
  { name: 'no-delegation', ...answers, core: [own('no-delegation'), DOCTOR] },
  // The one place of an ordinary user that has io and cpuset without a change of the host's.
  {
    name: 'service',
    ...answers,
    core: [own('service'), 'test/host/optional-limits.test.ts', DOCTOR],
    subgroup: true,
  },
  { name: 'no-userns', ...answers, core: [own('no-userns'), DOCTOR] },
  { name: 'nested', ...answers, core: [own('nested'), DOCTOR], subgroup: true },
  {
    name: 'hybrid',
    ...hybrid,
    core: [own('hybrid'), 'test/host/cgroup.test.ts', SWEEP, DOCTOR],
  },
  { name: 'hybrid-user', ...hybrid, core: [own('hybrid-user'), DOCTOR] },
  { name: 'escape-user', machine: 'escape-user', ...escapeSuite, core: ESCAPE },
  { name: 'escape-root', machine: 'escape-root', ...escapeSuite, core: [...ESCAPE, MUTANTS] },
];

/** What runs when nothing is asked for. */
export const MAIN_VARIANTS = ['user', 'root'];

/**
 * The files of the project `vm`, as patterns. Those that a caller names with arguments of vitest's own are chosen from
 * what is only of this machine.
 *
 * @param {Variant} variant @param {Extent | 'chosen'} extent
 */
export function filesOf({ core, more, full }, extent) {
  const files = { core, all: [...core, ...more], full: [...core, ...more, ...full] };
  if (extent !== 'chosen') return [...new Set(files[extent])];
  return files.all.filter((file) => file.startsWith('test/vm/'));
}
