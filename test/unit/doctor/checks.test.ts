import { describe, expect, test } from 'vitest';
import { CHECKS, judgeAll } from '#doctor/checks.ts';
import { CHECK_GROUPS, type DoctorFacts } from '#doctor/types.ts';
import { type Files, facts, judge, survey } from './facts.ts';

type Row = readonly [
  id: string,
  change: Partial<DoctorFacts>,
  files: Files,
  state: string,
  found: RegExp,
  fix: RegExp | null,
];

const strict = (await facts()).policy;
const unlimited = { ...strict, limits: { ...strict.limits, memoryBytes: null, swapBytes: null } };
const degraded = { ...strict, allowDegraded: ['memory', 'pids', 'cpu', 'cpuTime', 'swap'] as const };
const noGroups = (why: string, driver: 'v1' | 'v2' | 'none' = 'v2') => ({
  cgroup: {
    driver,
    controllers: [],
    swapLimit: false,
    unusable: { memory: why, pids: why, cpu: why, cpuacct: why },
  },
});
const withIo = {
  ...strict,
  limits: { ...strict.limits, io: { readBytes: 1, writeBytes: null, readOps: null, writeOps: null } },
};
/** A user's place that lacks one controller. */
const unusable = (controller: string, why: string): Partial<DoctorFacts> => ({
  uid: 1000,
  cgroup: {
    driver: 'v2',
    controllers: ['memory', 'pids', 'cpu', 'cpuacct'],
    swapLimit: true,
    unusable: { [controller]: why },
  },
});
const NO_SESSION = { bus: false, runtimeDirKnown: false, lingers: false };
const NOWHERE = {
  dir: null,
  join: null,
  failures: [
    { step: 'own', tried: 'our own group, /x', why: 'EACCES', fix: 'f' },
    { step: 'scope', tried: 'a scope', why: 'no bus', fix: 'f' },
  ],
} as const;
const V1_MOUNTS = {
  'proc/self/mountinfo': '25 22 0:23 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n',
};

describe('a healthy host', () => {
  test('has nothing but ok, and skips that say why', async () => {
    const results = judgeAll(await facts());
    const other = results.filter(({ state }) => state !== 'ok');
    expect(other.map(({ id, state, found }) => [id, state, found])).toEqual([
      ['cgroups.session', 'skipped', 'root makes its groups below its own'],
    ]);
  });

  test('ids are unique, named after their group, and every group is known', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, group, title, why } of CHECKS) {
      expect(id.startsWith(`${group}.`)).toBe(true);
      expect(CHECK_GROUPS).toContain(group);
      expect([title, why].every((text) => text.length > 0 && !text.endsWith('.'))).toBe(true);
    }
  });

  test('an empty /proc and /sys is no reason to fall over: what cannot be read is skipped, never ok by silence', async () => {
    const nothing = Object.fromEntries(
      ['proc/sys/kernel/kptr_restrict', 'sys/devices/system/cpu/smt/active', 'proc/self/limits'].map(
        (path) => [path, ''],
      ),
    );
    const host = await facts({}, nothing);
    expect(judge('hardening.kptrRestrict', host).state).toBe('skipped');
    expect(judge('hardening.smt', host).state).toBe('skipped');
    expect(judge('resources.openFiles', host).state).toBe('skipped');
  });
});

const INSTALLATION: readonly Row[] = [
  ['installation.node', { node: '20.18.3' }, {}, 'failed', /20\.18\.3/, /nodejs/],
  ['installation.node', { node: '24.1.0' }, {}, 'ok', /24/, null],
  ['installation.architecture', { arch: 'arm64' }, {}, 'failed', /arm64/, null],
  [
    'installation.native',
    { native: { path: '/x', problem: 'cannot be opened: ENOENT', survey: null } },
    {},
    'failed',
    /ENOENT/,
    /gcc/,
  ],
  [
    'installation.runtimeDirectory',
    { runtimeDir: { path: '/run/warder', problem: 'its mode is 0755' } },
    {},
    'failed',
    /0755/,
    /install -d -m 0700 \/run\/warder/,
  ],
  [
    'installation.runtimeDirectory',
    { uid: 1000, runtimeDir: { path: '/tmp/warder-1000', problem: 'not ours' } },
    {},
    'failed',
    /not ours/,
    /XDG_RUNTIME_DIR/,
  ],
  [
    'installation.uids',
    {},
    { 'etc/passwd': 'eve:x:1900000007:100::/:/bin/sh\n' },
    'failed',
    /account eve/,
    /getent passwd 1900000007/,
  ],
  ['installation.uids', {}, { 'etc/group': 'evil:x:1900004095:\n' }, 'failed', /group evil/, /subuid/],
  [
    'installation.uids',
    {},
    { 'etc/subuid': 'ada:1899999999:2\n' },
    'failed',
    /ada in \/etc\/subuid/,
    /subuid/,
  ],
  [
    'installation.uids',
    {},
    { 'etc/subgid': 'ada:1899999998:2\n# x:1900000000:1\n' },
    'ok',
    /no account/,
    null,
  ],
  [
    'installation.uids',
    { uid: 1000 },
    { 'etc/subuid': 'ada:1900000000:2\n' },
    'skipped',
    /uid of this user/,
    null,
  ],
];

const KERNEL: readonly Row[] = [
  ['kernel.openat2', survey({ openat2: 'ENOSYS' }), {}, 'failed', /ENOSYS.*filter/, /upgrade/],
  ['kernel.pidfd', survey({ pidfd: 'EPERM' }), {}, 'failed', /EPERM: refused/, /upgrade/],
  ['kernel.clone3', survey({ clone3: 'ENOSYS' }), {}, 'failed', /ENOSYS/, /upgrade/],
  ['kernel.seccompNotify', survey({ seccompNotify: 'EOPNOTSUPP' }), {}, 'failed', /EOPNOTSUPP/, /upgrade/],
  ['kernel.landlock', survey({ landlock: '0' }), {}, 'warning', /not there/, /lsm=landlock/],
  [
    'kernel.landlock',
    { ...survey({ landlock: '1' }), policy: { ...strict, execution: { writtenFiles: 'deny' } } },
    {},
    'failed',
    /ABI 1/,
    /upgrade/,
  ],
  ['kernel.landlock', survey({ landlock: '4' }), {}, 'warning', /ABI 4/, /upgrade/],
  ['kernel.x32', survey({ x32: '0' }), {}, 'warning', /reachable/, /syscall\.x32=n/],
  ['kernel.i386', survey({ i386: 'signal 11' }), {}, 'ok', /signal 11/, null],
];

const NAMESPACES: readonly Row[] = [
  [
    'namespaces.limits',
    {},
    { 'proc/sys/user/max_user_namespaces': '0\n' },
    'failed',
    /max_user_namespaces is 0/,
    /user\.max_user_namespaces = 15000/,
  ],
  ['namespaces.limits', {}, { 'proc/sys/user/max_user_namespaces': '1\n' }, 'failed', /is 1/, /15000/],
  [
    'namespaces.limits',
    {},
    { 'proc/sys/user/max_net_namespaces': '0\n' },
    'failed',
    /max_net_namespaces is 0/,
    /user\.max_net_namespaces/,
  ],
  [
    'namespaces.limits',
    {},
    { 'proc/sys/user/max_net_namespaces': '0\n', 'proc/sys/user/max_user_namespaces': '0\n' },
    'failed',
    /max_user_namespaces is 0, user\.max_net_namespaces is 0/,
    /user\.max_user_namespaces = 15000[\s\S]*user\.max_net_namespaces = 15000/,
  ],
  ['namespaces.limits', {}, { 'proc/sys/user/max_net_namespaces': '10\n' }, 'warning', /is 10/, /15000/],
  [
    'namespaces.unprivileged',
    {},
    { 'proc/sys/kernel/unprivileged_userns_clone': '0\n' },
    'failed',
    /is 0/,
    /unprivileged_userns_clone = 1/,
  ],
  [
    'namespaces.unprivileged',
    {},
    { 'proc/sys/kernel/unprivileged_userns_clone': '' },
    'ok',
    /no switch/,
    null,
  ],
];

const CGROUPS: readonly Row[] = [
  ['cgroups.version', noGroups('x', 'v1'), V1_MOUNTS, 'warning', /v1/, /unified_cgroup_hierarchy=1/],
  [
    'cgroups.memory',
    { uid: 1000, ...noGroups('cannot make: EACCES') },
    {},
    'failed',
    /EACCES/,
    /user@\.service\.d.*delegate\.conf[\s\S]*daemon-reload[\s\S]*restart user@1000\.service/,
  ],
  [
    'cgroups.memory',
    { uid: 1000, ...noGroups('EACCES'), session: { bus: false, runtimeDirKnown: false, lingers: false } },
    {},
    'failed',
    /EACCES/,
    /loginctl enable-linger 1000/,
  ],
  [
    'cgroups.memory',
    { uid: 1000, ...noGroups('EACCES'), session: { bus: true, runtimeDirKnown: false, lingers: true } },
    {},
    'failed',
    /EACCES/,
    /XDG_RUNTIME_DIR/,
  ],
  [
    'cgroups.memory',
    { uid: 1000, ...noGroups('EACCES') },
    { 'proc/self/cgroup': '0::/system.slice/judge.service\n' },
    'failed',
    /EACCES/,
    /judge\.service\.d\/zz-warder\.conf[\s\S]*restart judge\.service/,
  ],
  [
    'cgroups.memory',
    { uid: 1000, ...noGroups('EACCES'), session: NO_SESSION },
    { 'proc/self/cgroup': '0::/system.slice/run-u10.service\n' },
    'failed',
    /EACCES/,
    /enable-linger 1000/,
  ],
  [
    'cgroups.memory',
    { uid: 1000, ...noGroups('EACCES') },
    { 'proc/self/cgroup': '0::/user.slice/user-1000.slice/session-3.scope\n' },
    'failed',
    /EACCES/,
    /systemd-run --user .*Delegate=yes/,
  ],
  [
    'cgroups.memory',
    { uid: 1000, ...noGroups('EACCES', 'v1') },
    V1_MOUNTS,
    'failed',
    /EACCES/,
    /unified_cgroup_hierarchy=1/,
  ],
  [
    'cgroups.memory',
    noGroups('EINVAL'),
    { 'proc/cmdline': 'ro cgroup_disable=io,memory quiet\n' },
    'failed',
    /EINVAL/,
    /sed -i .*cgroup_disable=io,memory/,
  ],
  [
    'cgroups.memory',
    noGroups('ENOENT'),
    { 'sys/fs/cgroup/cgroup.controllers': 'cpu io pids\n' },
    'failed',
    /ENOENT/,
    /cgroup_enable=memory/,
  ],
  ['cgroups.memory', noGroups('cannot make: EROFS'), {}, 'failed', /EROFS/, /remount,rw/],
  [
    'cgroups.memory',
    noGroups('no mount', 'none'),
    { 'proc/self/mountinfo': '22 1 254:1 / / rw - ext4 /dev/sda rw\n' },
    'failed',
    /no mount/,
    /mount -t cgroup2/,
  ],
  ['cgroups.memory', { ...noGroups('EACCES'), policy: degraded }, {}, 'warning', /EACCES/, null],
  ['cgroups.memory', { ...noGroups('EACCES'), policy: unlimited }, {}, 'warning', /EACCES/, null],
  ['cgroups.cpuTime', noGroups('EBUSY'), {}, 'failed', /EBUSY/, null],
  [
    'cgroups.memory',
    { uid: 1000, ...noGroups('EROFS') },
    { 'proc/self/cgroup': '0::/system.slice/judge.service/supervisor\n' },
    'failed',
    /EROFS/,
    /ProtectControlGroups=no[\s\S]*judge\.service\.d\/zz-warder\.conf[\s\S]*restart judge\.service/,
  ],
  [
    'cgroups.memory',
    noGroups('EBUSY', 'none'),
    { 'proc/self/cgroup': '0::/app\n' },
    'failed',
    /EBUSY/,
    /others[\s\S]*export WARDER_CGROUP_PARENT=\/sys\/fs\/cgroup\/warder$/,
  ],
  [
    'cgroups.memory',
    { uid: 1000, ...noGroups('EACCES') },
    { 'proc/self/cgroup': '0::/\n', 'proc/self/status': 'Uid:\t1000\t1000\nGid:\t7\t77\t7\t7\n' },
    'failed',
    /EACCES/,
    /warder-1000\/shell[\s\S]*--reuid 1000 --regid 77 /,
  ],
  [
    'cgroups.memory',
    {
      cgroup: {
        ...noGroups('x', 'none').cgroup,
        delegation: { ...NOWHERE, failures: [{ step: 'parent', tried: 'p', why: 'w', fix: 'f' }] },
      },
    },
    {},
    'failed',
    /x/,
    /^unset WARDER_CGROUP_PARENT$/,
  ],
  [
    'cgroups.io',
    unusable('io', 'ENOENT'),
    {},
    'skipped',
    /ENOENT; no limit of this policy/,
    /Delegate=.* io/,
  ],
  ['cgroups.io', { ...unusable('io', 'ENOENT'), policy: withIo }, {}, 'failed', /ENOENT$/, /Delegate=.* io/],
  ['cgroups.io', { ...unusable('io', 'no disk is listed'), policy: withIo }, {}, 'failed', /no disk/, null],
  ['cgroups.cpuset', unusable('cpuset', 'ENOENT'), {}, 'skipped', /ENOENT/, /Delegate=.*cpuset/],
  ['cgroups.cpuset', noGroups('x', 'none'), {}, 'skipped', /no group/, null],
  [
    'cgroups.swap',
    { ...noGroups('x') },
    { 'proc/meminfo': 'SwapTotal: 2097148 kB\n' },
    'failed',
    /2048 MiB/,
    /swapaccount=1/,
  ],
  ['cgroups.swap', {}, { 'proc/meminfo': 'SwapTotal: 2097148 kB\n' }, 'ok', /2048 MiB/, null],
  [
    'cgroups.session',
    { uid: 1000, session: { bus: false, runtimeDirKnown: false, lingers: false } },
    {},
    'warning',
    /does not run/,
    /enable-linger 1000/,
  ],
  [
    'cgroups.memoryPeak',
    { cgroupFeatures: { kill: true, oomGroup: true, memoryPeak: false } },
    {},
    'warning',
    /not there/,
    /upgrade/,
  ],
  ['cgroups.kill', { cgroupFeatures: null }, {}, 'skipped', /no group/, null],
];

const PLACE: readonly Row[] = [
  ['cgroups.place', noGroups('x', 'v1'), V1_MOUNTS, 'skipped', /on v1/, null],
  ['cgroups.place', {}, {}, 'ok', /the first one tried/, null],
  [
    'cgroups.place',
    { uid: 1000, cgroup: { ...noGroups('x', 'none').cgroup, delegation: NOWHERE }, session: NO_SESSION },
    {},
    'failed',
    /^our own group, \/x: EACCES; a scope: no bus$/,
    /enable-linger 1000/,
  ],
];

const HARDENING: readonly Row[] = [
  ...(
    [
      ['ioUringDisabled', 'kernel/io_uring_disabled', 'kernel.io_uring_disabled = 1'],
      ['unprivilegedBpfDisabled', 'kernel/unprivileged_bpf_disabled', 'kernel.unprivileged_bpf_disabled = 1'],
      ['perfEventParanoid', 'kernel/perf_event_paranoid', 'kernel.perf_event_paranoid = 2'],
      ['dmesgRestrict', 'kernel/dmesg_restrict', 'kernel.dmesg_restrict = 1'],
      ['kptrRestrict', 'kernel/kptr_restrict', 'kernel.kptr_restrict = 1'],
      ['ptraceScope', 'kernel/yama/ptrace_scope', 'kernel.yama.ptrace_scope = 1'],
      ['protectedHardlinks', 'fs/protected_hardlinks', 'fs.protected_hardlinks = 1'],
      ['protectedSymlinks', 'fs/protected_symlinks', 'fs.protected_symlinks = 1'],
    ] as const
  ).map(
    ([name, path, line]): Row => [
      `hardening.${name}`,
      {},
      { [`proc/sys/${path}`]: '0\n' },
      'warning',
      / is 0/,
      new RegExp(line),
    ],
  ),
  [
    'hardening.perfEventParanoid',
    {},
    { 'proc/sys/kernel/perf_event_paranoid': '-1\n' },
    'warning',
    /is -1/,
    /= 2/,
  ],
  [
    'hardening.corePattern',
    {},
    { 'proc/sys/kernel/core_pattern': '|/usr/lib/systemd/systemd-coredump %P\n' },
    'ok',
    /systemd-coredump, which this policy/,
    null,
  ],
  [
    'hardening.corePattern',
    { policy: { ...strict, limits: { ...strict.limits, coreBytes: 4096 } } },
    { 'proc/sys/kernel/core_pattern': '|/bin/dump %P\n' },
    'warning',
    /allows core dumps/,
    /core_pattern = core/,
  ],
  ['hardening.smt', {}, { 'sys/devices/system/cpu/smt/active': '1\n' }, 'warning', /on/, /nosmt/],
  [
    'hardening.cpuVulnerabilities',
    {},
    {
      'sys/devices/system/cpu/vulnerabilities/meltdown': 'Vulnerable\n',
      'proc/cmdline': 'mitigations=off\n',
    },
    'warning',
    /meltdown \(mitigations=off/,
    /sed -i .*mitigations=off/,
  ],
];

const RESOURCES: readonly Row[] = [
  ['resources.openFiles', { openFiles: 1048000 }, {}, 'ok', /1048000 open/, null],
  ['resources.openFiles', { openFiles: 1048500 }, {}, 'warning', /1048500 open/, /ulimit -Sn/],
  [
    'resources.tasks',
    { uid: 1000 },
    { 'proc/self/limits': 'Max processes             20      20    processes\n' },
    'warning',
    /only 20/,
    /1000:1000 soft nproc/,
  ],
  [
    'resources.tasks',
    {},
    { 'proc/self/limits': 'Max processes             unlimited   unlimited  processes\n' },
    'ok',
    /unlimited/,
    null,
  ],
  [
    'resources.space',
    { space: [{ path: '/tmp', freeBytes: 1024, freeInodes: null }] },
    {},
    'warning',
    /\/tmp: 0 MiB free/,
    /du -xh --max-depth=2 \/tmp/,
  ],
  [
    'resources.space',
    { space: [{ path: '/tmp', freeBytes: 2 ** 40, freeInodes: 2 }] },
    {},
    'warning',
    /2 inodes/,
    /du/,
  ],
  ['resources.clock', { now: 0 }, {}, 'warning', /1970/, /set-ntp/],
  [
    'resources.clock',
    {},
    { 'sys/devices/system/clocksource/clocksource0/current_clocksource': 'hpet\n' },
    'warning',
    /hpet/,
    /available_clocksource/,
  ],
];

test.each([...INSTALLATION, ...KERNEL, ...NAMESPACES, ...CGROUPS, ...PLACE, ...HARDENING, ...RESOURCES])(
  '%s (%#)',
  async (id, change, files, state, found, fix) => {
    const finding = judge(id, await facts(change, files));
    expect(finding.found).toMatch(found);
    expect(finding.state).toBe(state);
    if (fix === null) expect(finding.fix).toBeUndefined();
    else expect(finding.fix?.script).toMatch(fix);
    if (state === 'ok') expect(finding.fix).toBeUndefined();
  },
);

test('what a run is refused for carries the code of that refusal', async () => {
  const host = await facts(
    { uid: 1000, ...noGroups('EACCES') },
    { 'proc/sys/user/max_user_namespaces': '0\n' },
  );
  expect(judge('cgroups.pids', host).code).toBe('HOST_CONTROL_UNENFORCEABLE');
  expect(judge('namespaces.limits', host).code).toBe('HOST_USERNS_DENIED');
});
