/**
 * Every field of the plans, every word that launchers are told and every step of the native program: the removal that
 * covers it, or why there is none. The compiler wants an entry for each field, test/unit/meta/mutants.test.ts one for
 * each word and step.
 */
import type { CgroupSettings } from '#cgroup/types.ts';
import type { JailPlan, LaunchSpec, MountOp, ProgramPlan } from '#internal.ts';

/** Ids of mutants, or the beginning of several; or a reason. */
export type Coverage = { readonly by: readonly string[] } | { readonly none: string };

const by = (...ids: readonly string[]): Coverage => ({ by: ids });
const none = (why: string): Coverage => ({ none: why });

/** Of every member of a union. */
type Fields<T> = T extends unknown ? keyof T & string : never;
type All<T> = Readonly<Record<Fields<NonNullable<T>>, Coverage>>;
type Spec = ProgramPlan['spec'];
type Supervision = ProgramPlan['supervision'];
type Artifacts = NonNullable<Supervision['artifacts']>;

const REPORTED = 'says in the result what was decided; changes nothing of a run';
const CHOSEN = 'what runs, not what limits it';
const OPTIONAL = 'absent unless a policy asks for it; test/host/optional-limits.test.ts takes it away';
const ONE_USER = 'a sandbox has one user, so the bits keep nobody out';

const JAIL: All<JailPlan> = {
  engine: none('which launcher is used; the table has both'),
  identity: by('uid inside is not 0', 'gid inside is not 0'),
  network: none(
    'loopback or none is decided by the filter (arguments of socket) and Landlock; the interface lo of a namespace of its own leads nowhere',
  ),
  mounts: by('read-only ', 'mask of ', 'size of '),
  launcherDeadlineMs: by("the launcher's own deadline"),
  cgroup: by('control group '),
  controls: none(REPORTED),
  weakenings: none(REPORTED),
  policy: none(REPORTED),
  rootfs: none(REPORTED),
};

const IDENTITY: All<JailPlan['identity']> = {
  uid: by('uid inside is not 0'),
  gid: by('gid inside is not 0'),
  hostname: by('host name inside'),
};

const CGROUP: All<CgroupSettings> = {
  memoryBytes: by('control group memory'),
  swapBytes: none(
    'counts where the host has swap and accounts it; res-swap attacks it there, and test/vm/mutants.test.ts takes it away',
  ),
  pidsMax: by('control group pids'),
  cpu: by('control group cpu'),
  cpus: none(OPTIONAL),
  io: none(OPTIONAL),
};

type Op<K extends MountOp['kind']> = Omit<Extract<MountOp, { readonly kind: K }>, 'kind'>;
const MOUNTS: { readonly [K in MountOp['kind']]: All<Op<K>> } = {
  tmpfs: {
    target: none('where it is'),
    sizeBytes: by('size of '),
    inodes: none('absent from strict; where only nsjail can cap them, test/host/nsjail.test.ts does'),
    mode: none(ONE_USER),
    control: none(REPORTED),
  },
  bind: { source: none(CHOSEN), target: none('where it is'), readOnly: by('read-only /usr') },
  symlink: { target: none('where it is'), to: none('leads nowhere that could not be named directly') },
  file: {
    target: none('where it is'),
    content: none('made by warder, with nothing of the host in it'),
    mode: none(ONE_USER),
  },
  device: { name: none('what the policy grants; fs-dev-inventory looks for others') },
  proc: {},
  mask: { target: by('mask of ') },
  remountReadOnly: { target: by('read-only /', 'read-only /dev', 'read-only /proc') },
};

const SPEC: All<Spec> = {
  argv: none(CHOSEN),
  env: by('environment of the program'),
  cwd: none(CHOSEN),
  files: none(CHOSEN),
  rlimits: by('limit ', 'limits are set'),
  landlock: by('Landlock', 'Landlock is entered'),
  backstopMs: by("init's own deadline"),
  filter: by('program filter', 'the filter is installed', 'filter: '),
  notify: by('a refused call ends the run'),
};

const LANDLOCK: All<Spec['landlock']> = {
  handledFs: by('Landlock', 'Landlock, written files are not executed'),
  handledNet: by('Landlock, TCP'),
  scoped: by('Landlock, abstract sockets and signals'),
  rules: by('Landlock'),
};

const SUPERVISION: All<Supervision> = {
  wallMs: by('wall-clock limit'),
  cpuTimeMs: by('CPU time limit'),
  stdout: by('cap of stdout'),
  stderr: by('cap of stderr'),
  artifacts: by('caps on artefacts'),
};

const OUTPUT: All<Supervision['stdout']> = {
  sizeBytes: by('cap of stdout', 'cap of stderr'),
  onExceed: none('what happens at the cap, which holds either way'),
};

const ARTIFACTS: All<Artifacts> = { patterns: none(CHOSEN), caps: by('caps on artefacts') };

const CAPS: All<Artifacts['caps']> = {
  count: by('caps on artefacts'),
  sizeBytes: by('caps on artefacts'),
  totalBytes: by('caps on artefacts'),
  depth: by('caps on artefacts'),
};

/** Tables by the place in a plan, for whoever walks one. */
export const FIELDS = {
  jail: JAIL,
  'jail.identity': IDENTITY,
  'jail.cgroup': CGROUP,
  'program.spec': SPEC,
  'program.spec.landlock': LANDLOCK,
  'program.supervision': SUPERVISION,
  'program.supervision.stdout': OUTPUT,
  'program.supervision.stderr': OUTPUT,
  'program.supervision.artifacts': ARTIFACTS,
  'program.supervision.artifacts.caps': CAPS,
} as const;
export const MOUNT_FIELDS: Readonly<Record<string, Readonly<Record<string, Coverage>>>> = MOUNTS;

const FROM_PLAN = none('written from the mounts of the plan, which are covered there');
const FROM_IDENTITY = by('uid inside is not 0', 'gid inside is not 0');
const NO_LIMIT = none("keeps the launcher's own limits out of the way");
const PLUMBING = none('how init is started');
/** A run has its mounts in a namespace of its own, or none of them: nothing would be built without. */
const MOUNT_NAMESPACE = none('without it no launcher makes a mount, and there is no sandbox');

/** Options of bubblewrap, fields of nsjail's configuration. */
export const WORDS: Readonly<Record<LaunchSpec['engine'], Readonly<Record<string, Coverage>>>> = {
  bubblewrap: {
    '--unshare-user': by('user namespace'),
    '--uid': FROM_IDENTITY,
    '--gid': FROM_IDENTITY,
    '--disable-userns': by('no further user namespaces'),
    '--unshare-pid': by('process namespace'),
    '--unshare-net': by('network namespace'),
    '--unshare-ipc': by('IPC namespace'),
    '--unshare-uts': by('host name namespace'),
    '--unshare-cgroup': by('control group namespace'),
    '--hostname': IDENTITY.hostname,
    '--die-with-parent': by('launcher dies with its parent'),
    '--new-session': by('session of its own'),
    '--as-pid-1': PLUMBING,
    '--cap-drop': by('no capability of the launcher'),
    '--clearenv': none(
      'the stub leaves nothing to clear; it is for command lines that are rendered and started by hand',
    ),
    '--size': by('size of '),
    '--perms': none(ONE_USER),
    '--tmpfs': FROM_PLAN,
    '--ro-bind': by('read-only ', 'mask of '),
    '--bind': FROM_PLAN,
    '--symlink': FROM_PLAN,
    '--ro-bind-data': FROM_PLAN,
    '--dev-bind': FROM_PLAN,
    '--proc': FROM_PLAN,
    '--remount-ro': by('read-only /', 'read-only /dev', 'read-only /proc'),
    '--chdir': PLUMBING,
    '--seccomp': by('launcher filter'),
  },
  nsjail: {
    mode: PLUMBING,
    hostname: none('without it nsjail takes a name of its own, not that of the host'),
    cwd: PLUMBING,
    nice_level: NO_LIMIT,
    disable_no_new_privs: by('no new privileges, by the launcher'),
    skip_setsid: by('session of its own'),
    clone_newnet: by('network namespace'),
    clone_newuser: by('user namespace'),
    clone_newns: MOUNT_NAMESPACE,
    clone_newpid: by('process namespace'),
    clone_newipc: by('IPC namespace'),
    clone_newuts: by('host name namespace'),
    clone_newcgroup: by('control group namespace'),
    'uidmap.inside_id': FROM_IDENTITY,
    'uidmap.outside_id': by('host uid of the run'),
    'uidmap.count': none('one id, which is all that a launcher without privileges can map'),
    'gidmap.inside_id': FROM_IDENTITY,
    'gidmap.outside_id': by('host uid of the run'),
    'gidmap.count': none('one id, which is all that a launcher without privileges can map'),
    iface_no_lo: JAIL.network,
    mount_proc: FROM_PLAN,
    time_limit: by("the launcher's own deadline"),
    log_fd: PLUMBING,
    log_level: PLUMBING,
    disable_rl: NO_LIMIT,
    pass_fd: PLUMBING,
    cap: by('init gives up its capabilities'),
    'mount.src': FROM_PLAN,
    'mount.src_content': FROM_PLAN,
    'mount.dst': FROM_PLAN,
    'mount.fstype': FROM_PLAN,
    'mount.options': by('size of '),
    'mount.is_bind': FROM_PLAN,
    'mount.is_dir': FROM_PLAN,
    'mount.is_symlink': FROM_PLAN,
    'mount.rw': by('read-only ', 'mask of '),
    'mount.nosuid': by('nosuid of mounts'),
    'mount.nodev': by('nodev of mounts'),
    'mount.noexec': none(
      'on /proc, on devices and on the switch for user namespaces: nothing there is a program',
    ),
    seccomp_string: by('launcher filter'),
    'exec_bin.path': PLUMBING,
    'exec_bin.arg': by('init gives up its capabilities'),
    'exec_bin.arg0': PLUMBING,
  },
};

const REQUEST = none('a message or a request that is malformed; src/native/test sends those');
const FAILURE = none('the step is wanted for the run, not against it');

/** `step index` as the native program reports its failures; each is a step that has to succeed. */
export const STEPS: Readonly<Record<string, Coverage>> = {
  STEP_PROTOCOL: REQUEST,
  STEP_FILE: none('files that the supervisor sends, before anything hostile runs; src/native/test'),
  STEP_PARENT: by('launcher dies with its supervisor'),
  STEP_JOIN: by('group of the run'),
  STEP_PIPE: FAILURE,
  STEP_BLOB: FAILURE,
  'STEP_IDS 0': by('host uid of the run'),
  'STEP_IDS 1': by("the supervisor's supplementary groups"),
  'STEP_IDS 2': by('host uid of the run'),
  'STEP_IDS 3': by('host uid of the run'),
  'STEP_IDS 4': none('looks whether the step before it worked'),
  STEP_EXEC_LAUNCHER: FAILURE,
  'STEP_HARDEN 0': by('process namespace'),
  'STEP_HARDEN 1': by('init closes what the launcher left open'),
  'STEP_HARDEN 2': by('init is not dumpable'),
  'STEP_HARDEN 3': none(
    'the kernel keeps signals from inside from process 1 as well, which handles none (pid_namespaces(7))',
  ),
  'STEP_HARDEN 4': FAILURE,
  'STEP_HARDEN 5': by("init's own descriptors end at exec"),
  'STEP_HARDEN 6': by('launcher dies with its parent'),
  'STEP_HARDEN 7': by('no new privileges, by the launcher'),
  'STEP_HARDEN 8': none("the program's streams take these places before it starts"),
  'STEP_HARDEN 10': FAILURE,
  'STEP_HARDEN 11': FAILURE,
  'STEP_HARDEN 12': FAILURE,
  'STEP_CAPABILITIES 0': by("init's check of its capabilities"),
  'STEP_CAPABILITIES 1': by("init's check of its capabilities"),
  'STEP_CAPABILITIES 2': by("init's check of its capabilities"),
  'STEP_CAPABILITIES 3': by("init's check of its capabilities"),
  'STEP_CAPABILITIES 10': by('init closes further user namespaces'),
  'STEP_CAPABILITIES 11': by('init closes further user namespaces'),
  'STEP_CAPABILITIES 12': by('init gives up its capabilities'),
  'STEP_CAPABILITIES 13': by('init gives up its capabilities'),
  'STEP_CAPABILITIES 14': by('init gives up its capabilities'),
  STEP_LANDLOCK: by('Landlock is entered'),
  STEP_CLONE: FAILURE,
  'STEP_SESSION 0': by('the program has a session of its own'),
  'STEP_SESSION 1': FAILURE,
  STEP_CHDIR: FAILURE,
  STEP_RLIMIT: by('limits are set'),
  STEP_SECCOMP: by('the filter is installed'),
  STEP_EXEC: FAILURE,
};

/** What the exporter's filter looks at, by the words of its source. */
export const EXPORTER_FILTER: Readonly<Record<string, Coverage>> = {
  OWN_ARCH: by('exporter: no other ABI'),
  SYS_openat: by('exporter: files opened to write'),
  WRITING: by('exporter: files opened to write'),
  '0': by('exporter: files opened to write'),
  SYS_sendto: by('exporter: bytes to others'),
  FD_CONTROL: by('exporter: bytes to others'),
  SECCOMP_RET_KILL_PROCESS: by('exporter: its filter', 'exporter: calls that it has no use for'),
  SECCOMP_RET_ALLOW: none('lets a call through; host-exporter-confined has the list of those that may pass'),
};

/** What a compile phase has otherwise than the run under the same policy: keys of a resolved policy. */
export const COMPILE: Readonly<Record<string, Coverage>> = {
  limits: by(
    'limit ',
    'control group ',
    'wall-clock limit',
    'CPU time limit',
    'cap of stdout',
    'cap of stderr',
  ),
  network: by('compile phase: no network'),
  filesystem: by('compile phase: no mount of the policy'),
  seccomp: by('compile phase: a filter of its own'),
};
