/**
 * The host variants. `boot` is what the kernel is started with: variants of one boot share a machine. `guests` says where
 * the variant can be had; `subgroup`, whether the tests leave the delegated group to the supervisor (jobs.mjs).
 *
 * @typedef {'main' | 'hybrid'} Boot
 * @typedef {{ name: string, boot: Boot, guests: readonly string[], projects: readonly string[], seconds: number, subgroup: boolean }} Variant
 */

export const GUESTS = ['bookworm', 'trixie'];

/** What the kernel of a boot is told, besides what all are told. @type {Record<Boot, string>} */
export const BOOT_ARGUMENTS = { main: '', hybrid: 'systemd.unified_cgroup_hierarchy=0' };

const suites = { projects: ['host', 'conformance', 'vm'], seconds: 900, subgroup: true };
const answers = { projects: ['vm'], seconds: 300, subgroup: false };

/** @type {readonly Variant[]} */
export const VARIANTS = [
  { name: 'user', boot: 'main', guests: GUESTS, ...suites },
  { name: 'root', boot: 'main', guests: GUESTS, ...suites },
  { name: 'ssh', boot: 'main', guests: GUESTS, ...answers },
  { name: 'no-delegation', boot: 'main', guests: GUESTS, ...answers },
  { name: 'no-userns', boot: 'main', guests: GUESTS, ...answers },
  { name: 'nested', boot: 'main', guests: GUESTS, ...answers, subgroup: true },
  // Debian 13's kernel has no memory controller of version 1, and its systemd waits 30 s before it goes on with version 2.
  { name: 'hybrid', boot: 'hybrid', guests: ['bookworm'], ...answers },
  { name: 'hybrid-user', boot: 'hybrid', guests: ['bookworm'], ...answers },
];

/**
 * The host tests that say something of cgroups, of users or of the kernel, and do not start the command line dozens of
 * times, which takes 4 s each under emulation; `--full` runs all of them. Beginnings of names.
 */
export const HOST_CORE = ['cgroup', 'sweep.', 'verdicts.', 'programs.', 'landlock.', 'empty-rootfs.'];

/** What runs when nothing is asked for. */
export const MAIN_VARIANTS = ['user', 'root'];
