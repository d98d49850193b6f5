/** One mutant for each control that is no mount. */
import { combine, relax } from '#escape/relaxations.ts';
import type { PlanTransform, ProgramPlan } from '#internal.ts';
import {
  type Mutant,
  onJail,
  onLauncher,
  onlyOn,
  onSpec,
  onSupervision,
  onText,
  type Removal,
} from './mutant.ts';

const ALLOW_ALL = Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0xff, 0x7f);
export const innerFilter: PlanTransform = {
  program: (plan) => ({ ...plan, spec: { ...plan.spec, filter: ALLOW_ALL, notify: false } }),
};
export const outerFilter: PlanTransform = {
  outer: ({ arch }) => ({ arch, entries: [], defaultAction: { kind: 'allow' } }),
};
/** One that refuses nothing still ends calls of another ABI, and makes nsjail set no_new_privs: here it goes altogether. */
export const NO_LAUNCHER_FILTER: Removal = {
  id: 'launcher filter',
  remove: { launch: relax(['seccomp']).launch ?? ((spec) => spec) },
};
export const writableRoot = onJail(({ mounts }) => ({
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
    id: 'host name inside',
    // What nsjail falls back to is a name of its own.
    engine: 'bubblewrap',
    attacks: ['leak-identity'],
    remove: onText((text) => text.replace(/--hostname\0[^\0]+\0/, '')),
  },
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
  ...['cap-sets-empty', 'cap-regain', 'cap-suid-exec', 'sc-filter-layers', 'sc-argbits-socket'],
  ...['fs-write-rootfs', 'ns-ids-differ', 'proc-pid1-environ'],
];

type Wish = Omit<Mutant, 'attacks'> & Partial<Pick<Mutant, 'attacks'>>;

function onLandlock(change: Partial<NonNullable<ProgramPlan['spec']['landlock']>>): PlanTransform {
  return onSpec(({ landlock: plan }) => ({ landlock: plan && { ...plan, ...change } }));
}

const openNetwork = combine([
  onLauncher({ bubblewrap: ['--unshare-net\0', ''], nsjail: ['clone_newnet: true', 'clone_newnet: false'] }),
  { ...innerFilter, ...outerFilter },
]);

const BY_PRIVILEGE: readonly Wish[] = [
  { id: 'uid inside is not 0', remove: onJail(({ identity }) => ({ identity: { ...identity, uid: 0 } })) },
  {
    id: 'no capability of the launcher',
    engine: 'bubblewrap',
    // No run starts at all: one attack says so as well as all.
    attacks: ['cap-sets-empty'],
    remove: onlyOn('bubblewrap', '--cap-drop\0ALL\0', '--cap-add\0ALL\0'),
  },
  { id: 'program filter', remove: innerFilter, behind: { id: 'launcher filter', remove: outerFilter } },
  { id: 'launcher filter', remove: outerFilter, behind: { id: 'program filter', remove: innerFilter } },
  { id: 'Landlock', remove: landlock, behind: { id: 'read-only root', remove: writableRoot } },
  {
    id: 'session of its own',
    attacks: ['tty-session'],
    remove: onLauncher({
      bubblewrap: ['--new-session\0', ''],
      nsjail: ['skip_setsid: false', 'skip_setsid: true'],
    }),
  },
  {
    id: 'environment of the program',
    attacks: ['leak-env'],
    remove: onSpec(({ env }) => ({ env: { ...process.env, ...env } as Readonly<Record<string, string>> })),
  },
  {
    id: 'gid inside is not 0',
    remove: onJail(({ identity }) => ({ identity: { ...identity, gid: 0 } })),
  },
  {
    id: 'Landlock, TCP',
    attacks: ['net-listener-reached'],
    remove: onLandlock({ handledNet: 0 }),
    behind: { id: 'network namespace and both filters', remove: openNetwork },
  },
  {
    id: 'Landlock, abstract sockets and signals',
    attacks: ['net-abstract-unix'],
    remove: onLandlock({ scoped: 0 }),
    behind: { id: 'network namespace and both filters', remove: openNetwork },
  },
];

export const PRIVILEGE_MUTANTS: readonly Mutant[] = BY_PRIVILEGE.map((mutant) => ({
  attacks: PRIVILEGES,
  ...mutant,
}));

const NO_CAPS = { count: 10_000, sizeBytes: 2 ** 30, totalBytes: 2 ** 30, depth: 64 };

/** Each limit of setrlimit(2) of the plan. */
const RLIMITS = ['cpu', 'fsize', 'stack', 'core', 'nofile', 'memlock', 'msgqueue', 'nice', 'rtprio'] as const;

/** Without it nobody has a limit above 0 that a run could inherit. */
const PRIORITY = { attacks: ['pr-inherited-priority'], needs: 'CAP_SYS_RESOURCE' } as const;
const RLIMIT_ATTACKS = ['rs-rlimits-unset', 'res-fsize', 'res-fd-exhaust'];

const MiB = 1024 ** 2;

function withoutRlimit(name: string): PlanTransform {
  return onSpec(({ rlimits }) => ({ rlimits: rlimits.filter((limit) => limit.name !== name) }));
}

/** Where no control group is to be had, and the policy accepts that. */
export const STAND_IN_MUTANTS: readonly Mutant[] = ['data', 'nproc'].map((name) => ({
  id: `limit ${name}`,
  attacks: ['res-stand-ins'],
  remove: withoutRlimit(name),
}));

export const LIMIT_MUTANTS: readonly Mutant[] = [
  ...RLIMITS.map(
    (name): Mutant => ({
      id: `limit ${name}`,
      ...(name === 'nice' || name === 'rtprio' ? PRIORITY : { attacks: RLIMIT_ATTACKS }),
      remove: withoutRlimit(name),
    }),
  ),
  {
    id: 'core limit that a core_pattern with a pipe heeds',
    attacks: ['rs-rlimits-unset'],
    // Such a pattern ignores 0, and takes 1 as "do not start the helper" (core(5)).
    remove: onSpec(({ rlimits }) => ({
      rlimits: rlimits.map((limit) => (limit.name === 'core' ? { ...limit, soft: 0, hard: 0 } : limit)),
    })),
  },
  cgroupMutant('memory', 'res-mem-anon', { memoryBytes: 4096 * MiB }),
  cgroupMutant('pids', 'res-fork-bomb', { pidsMax: 4096 }),
  cgroupMutant('cpu', 'res-cpu-spin', { cpu: null }),
  {
    id: 'wall-clock limit',
    attacks: ['res-wall-sleep'],
    // Not none at all: what sleeps for ever would.
    remove: {
      program: (plan) => ({
        supervision: { ...plan.supervision, wallMs: 2500 },
        spec: { ...plan.spec, backstopMs: 3500 },
      }),
    },
  },
  supervised('CPU time limit', 'res-cpu-spin', { cpuTimeMs: null }),
  supervised('cap of stdout', 'res-output-flood', { stdout: { sizeBytes: 64 * MiB, onExceed: 'kill' } }),
  {
    id: 'caps on artefacts',
    attacks: ['host-artefact-flood'],
    remove: {
      program: ({ spec, supervision: { artifacts, ...rest } }) => ({
        spec,
        supervision: { ...rest, artifacts: artifacts && { ...artifacts, caps: NO_CAPS } },
      }),
    },
  },
  supervised('cap of stderr', 'res-output-flood', { stderr: { sizeBytes: 64 * MiB, onExceed: 'kill' } }),
  {
    id: "init's own deadline",
    attacks: ['host-blocked-supervisor'],
    remove: onSpec(() => ({ backstopMs: null })),
  },
  {
    id: "the launcher's own deadline",
    engine: 'nsjail',
    attacks: ['host-blocked-supervisor'],
    remove: onText((text) => text.replace(/time_limit: \d+/, 'time_limit: 0')),
    // It is half a minute later than the others: brought forward here, for the sake of time.
    behind: {
      id: "init's own deadline",
      remove: combine([
        onSpec(() => ({ backstopMs: null })),
        onText((text) => text.replace(/time_limit: \d+/, 'time_limit: 2')),
      ]),
    },
  },
];

function cgroupMutant(
  name: string,
  attack: string,
  change: Partial<NonNullable<Parameters<NonNullable<PlanTransform['jail']>>[0]['cgroup']>>,
): Mutant {
  return {
    id: `control group ${name}`,
    attacks: [attack, 'res-limits-unset'],
    destructive: true,
    remove: onJail(({ cgroup }) => ({ cgroup: cgroup && { ...cgroup, ...change } })),
  };
}

function supervised(id: string, attack: string, change: Parameters<typeof onSupervision>[0]): Mutant {
  return { id, attacks: [attack], destructive: true, remove: onSupervision(change) };
}
