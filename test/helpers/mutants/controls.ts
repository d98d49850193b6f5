/** One mutant for each control that is no mount. */
import type { PlanTransform } from '../../../src/internal.ts';
import { type Mutant, onJail, onLauncher, onlyOn, onSpec, onSupervision } from './mutant.ts';

const ALLOW_ALL = Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0xff, 0x7f);
const innerFilter: PlanTransform = {
  program: (plan) => ({ ...plan, spec: { ...plan.spec, filter: ALLOW_ALL, notify: false } }),
};
const outerFilter: PlanTransform = {
  outer: ({ arch }) => ({ arch, entries: [], defaultAction: { kind: 'allow' } }),
};
const writableRoot = onJail(({ mounts }) => ({
  mounts: mounts.filter((op) => op.kind !== 'remountReadOnly' || op.target !== '/'),
}));
const landlock = onSpec(() => ({ landlock: null }));

const namespace = (name: string, option: string, field: string): Mutant => ({
  id: `${name} namespace`,
  attacks: ['namespaces', 'proc', 'net-abstract-unix', 'net-host-loopback', 'net-none-egress'],
  remove: onLauncher({
    bubblewrap: [`--unshare-${option}\0`, ''],
    nsjail: [`${field}: true`, `${field}: false`],
  }),
});

export const NAMESPACE_MUTANTS: readonly Mutant[] = [
  namespace('user', 'user', 'clone_newuser'),
  namespace('process', 'pid', 'clone_newpid'),
  namespace('network', 'net', 'clone_newnet'),
  namespace('IPC', 'ipc', 'clone_newipc'),
  namespace('host name', 'uts', 'clone_newuts'),
  namespace('control group', 'cgroup', 'clone_newcgroup'),
  {
    id: 'no further user namespaces',
    attacks: ['namespaces'],
    remove: onLauncher({
      bubblewrap: ['--disable-userns\0', ''],
      nsjail: ['/proc/sys/user/max_user_namespaces', '/proc/sys/user/max_ipc_namespaces'],
    }),
    behind: { id: 'both filters', remove: { ...innerFilter, ...outerFilter } },
  },
];

/** Of the attacks on everything else, these are told apart by privileges. */
const PRIVILEGES = [
  'capabilities',
  'sc-filter-layers',
  'sc-argbits-socket',
  'net-abstract-unix',
  'fs-write-rootfs',
  'ns-ids-differ',
  'proc-pid1-environ',
];

const BY_PRIVILEGE: readonly Mutant[] = [
  { id: 'uid inside is not 0', remove: onJail(({ identity }) => ({ identity: { ...identity, uid: 0 } })) },
  {
    id: 'no capability of the launcher',
    engine: 'bubblewrap',
    // No run starts at all: one attack says so as well as all.
    attacks: ['cap-sets-empty'],
    remove: onlyOn('bubblewrap', '--cap-drop\0ALL\0', '--cap-add\0ALL\0'),
  },
  {
    id: 'no capability of the launcher',
    engine: 'nsjail',
    remove: onlyOn('nsjail', 'keep_caps: false', 'keep_caps: true'),
    unseen:
      'init gives up every capability before it starts anything, since nsjail leaves it two (src/native/privileges.c)',
  },
  {
    id: 'no new privileges, by the launcher',
    engine: 'nsjail',
    remove: onlyOn('nsjail', 'disable_no_new_privs: false', 'disable_no_new_privs: true'),
    unseen:
      'init sets no_new_privs itself before the filter, which the kernel wants (seccomp(2)); cap-sets-empty reads it',
  },
  { id: 'program filter', remove: innerFilter, behind: { id: 'launcher filter', remove: outerFilter } },
  { id: 'launcher filter', remove: outerFilter, behind: { id: 'program filter', remove: innerFilter } },
  { id: 'Landlock', remove: landlock, behind: { id: 'read-only root', remove: writableRoot } },
  {
    id: 'environment of the launcher is cleared',
    remove: onLauncher({ bubblewrap: ['--clearenv\0', ''], nsjail: ['keep_env: false', 'keep_env: true'] }),
    unseen:
      'the stub starts the launcher with an empty environment and init gives the program its own; /proc/1/environ is closed (proc-pid1-environ)',
  },
  {
    id: 'session of its own',
    remove: onLauncher({
      bubblewrap: ['--new-session\0', ''],
      nsjail: ['skip_setsid: false', 'skip_setsid: true'],
    }),
    unseen: 'a run has no terminal to take over, and init starts the program in a session of its own',
  },
  {
    id: 'launcher dies with its parent',
    engine: 'bubblewrap',
    remove: onlyOn('bubblewrap', '--die-with-parent\0', ''),
    unseen:
      'the channel to init ends with the supervisor, and init ends the run then; the stub also asks for a signal (test/host/lifecycle)',
  },
];

export const PRIVILEGE_MUTANTS = BY_PRIVILEGE.map((mutant) => ({ attacks: PRIVILEGES, ...mutant }));

/** Each limit of setrlimit(2) of the plan. */
const RLIMITS = ['cpu', 'fsize', 'stack', 'core', 'nofile', 'memlock', 'msgqueue', 'nice', 'rtprio'] as const;

const MiB = 1024 ** 2;

export const LIMIT_MUTANTS: readonly Mutant[] = [
  ...RLIMITS.map(
    (name): Mutant => ({
      id: `limit ${name}`,
      attacks: ['resources'],
      remove: onSpec(({ rlimits }) => ({ rlimits: rlimits.filter((limit) => limit.name !== name) })),
      ...(name === 'nice' || name === 'rtprio'
        ? { unseen: 'a process that is not root has 0 by default' }
        : {}),
    }),
  ),
  cgroupMutant('memory', { memoryBytes: 4096 * MiB }),
  cgroupMutant('pids', { pidsMax: 4096 }),
  cgroupMutant('cpu', { cpu: null }),
  {
    id: 'wall-clock limit',
    attacks: ['res-wall-sleep'],
    // Not none at all: what sleeps for ever would.
    remove: {
      program: (plan) => ({
        supervision: { ...plan.supervision, wallMs: 5000 },
        spec: { ...plan.spec, backstopMs: 6000 },
      }),
    },
  },
  supervised('CPU time limit', { cpuTimeMs: null }),
  supervised('cap of stdout', { stdout: { sizeBytes: 64 * MiB, onExceed: 'kill' } }),
  supervised('cap of stderr', { stderr: { sizeBytes: 64 * MiB, onExceed: 'kill' } }),
  {
    id: "init's own deadline",
    attacks: ['res-wall-sleep'],
    remove: onSpec(() => ({ backstopMs: null })),
    unseen:
      'fires a second after the supervisor’s, for the case that that one is stopped (test/host/lifecycle)',
  },
];

function cgroupMutant(
  name: string,
  change: Partial<NonNullable<Parameters<NonNullable<PlanTransform['jail']>>[0]['cgroup']>>,
): Mutant {
  return {
    id: `control group ${name}`,
    attacks: ['res-mem-anon', 'res-fork-bomb', 'res-cpu-spin'],
    destructive: true,
    remove: onJail(({ cgroup }) => ({ cgroup: cgroup && { ...cgroup, ...change } })),
  };
}

function supervised(id: string, change: Parameters<typeof onSupervision>[0]): Mutant {
  return {
    id,
    attacks: ['res-cpu-spin', 'res-output-flood'],
    destructive: true,
    remove: onSupervision(change),
  };
}
