/**
 * JailPlan → nsjail's configuration for a supervised run. It travels in a memfd, so that no path of the host stands on
 * a command line. Every default that could bite is overridden: nsjail's own limits, clock and niceness.
 */
import type { LaunchSpec } from '#launch/types.ts';
import type { JailPlan } from '#plan/types.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';
import { seccompStrings } from './filter.ts';
import type { NsjailConfig } from './model.ts';
import { nsjailMounts } from './mounts.ts';
import { writeTextFormat } from './text-format.ts';

/** FD_CONTROL, FD_PROGRAM_STDIN to FD_PROGRAM_STDERR, FD_SELF and FD_FIRST_BLOB of src/native/protocol.h. */
const PASSED_FDS = [3, 4, 5, 6, 7];
const INIT_FD = 7;
const CONFIG_FD = 8;
/** MAX_USER_NAMESPACES of src/native/privileges.c. */
const MAX_USER_NAMESPACES = '/dev/.max_user_namespaces';
const UINT32_MAX = 2 ** 32 - 1;

/** Options by which a launcher is judged usable: its help lists what its configuration can say. */
export const REQUIRED_OPTIONS = [
  '--config',
  '--cap',
  '--cwd',
  '--disable_rlimits',
  '--iface_no_lo',
  '--log_fd',
  '--nice_level',
  '--pass_fd',
  '--seccomp_string',
  '--symlink',
  '--time_limit',
] as const;

export function renderNsjail(plan: JailPlan, outer: SeccompFilter): LaunchSpec {
  const text = writeTextFormat('NsJailConfig', supervisedConfig(plan, outer));
  return {
    engine: 'nsjail',
    argv: [plan.engine.path, '--config', `/proc/self/fd/${CONFIG_FD}`],
    blobs: [Buffer.from(text, 'ascii')],
  };
}

/** init is what runs: it sets the limits, the filter, and takes the program from the supervisor. */
export function supervisedConfig(plan: JailPlan, outer: SeccompFilter): NsjailConfig {
  return {
    ...jailConfig(plan),
    // Whole seconds, the last resort when supervisor and init both fail.
    time_limit: toSeconds(plan.launcherDeadlineMs),
    log_fd: 2,
    log_level: 'WARNING',
    disable_rl: true,
    pass_fd: PASSED_FDS,
    // nsjail leaves further user namespaces possible. init closes them with these, and gives them up (privileges.c).
    cap: ['CAP_SYS_RESOURCE', 'CAP_SETPCAP'],
    mount: [
      ...nsjailMounts(plan.mounts),
      {
        src: '/proc/sys/user/max_user_namespaces',
        dst: MAX_USER_NAMESPACES,
        is_bind: true,
        rw: true,
        nosuid: true,
        nodev: true,
        noexec: true,
      },
    ],
    // Installed as the last act before init is executed.
    seccomp_string: seccompStrings(outer),
    exec_bin: { path: `/proc/self/fd/${INIT_FD}`, arg: ['init', 'drop'], arg0: 'warder-init' },
  };
}

/** What holds for whatever runs in the jail. */
export function jailConfig({ identity, network }: JailPlan): NsjailConfig {
  return {
    mode: 'ONCE',
    hostname: identity.hostname,
    cwd: '/',
    nice_level: 0,
    disable_no_new_privs: false,
    skip_setsid: false,
    clone_newnet: true,
    clone_newuser: true,
    clone_newns: true,
    clone_newpid: true,
    clone_newipc: true,
    clone_newuts: true,
    clone_newcgroup: true,
    // An empty outer id is the one that the launcher was given.
    uidmap: [{ inside_id: String(identity.uid), outside_id: '', count: 1 }],
    gidmap: [{ inside_id: String(identity.gid), outside_id: '', count: 1 }],
    iface_no_lo: network === 'none',
    mount_proc: false,
  };
}

/** 0 is nsjail's word for no limit. */
function toSeconds(ms: number | null): number {
  return ms === null ? 0 : Math.min(UINT32_MAX, Math.max(1, Math.ceil(ms / 1000)));
}
