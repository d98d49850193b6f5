/** A host on which nothing is wrong, to be spoilt by each test in one place. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CHECKS } from '#doctor/checks.ts';
import { readSystemFiles } from '#doctor/system-files.ts';
import type { DoctorFacts, Finding, LauncherFacts } from '#doctor/types.ts';
import type { Trial } from '#launch/trial.ts';
import { loadPolicyFile } from '#policy/load.ts';
import { resolvePolicy } from '#policy/resolve.ts';

export type Files = Readonly<Record<string, string>>;

const MOUNTS = `22 1 254:1 / / rw - ext4 /dev/sda rw
23 22 0:21 / /proc rw - proc proc rw
24 23 0:22 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw
25 22 0:23 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
`;

const HEALTHY_FILES: Files = {
  'proc/cmdline': 'BOOT_IMAGE=/vmlinuz ro quiet\n',
  'proc/meminfo': 'MemTotal:  8000000 kB\nSwapTotal:       0 kB\n',
  'proc/self/limits':
    'Limit                     Soft Limit           Hard Limit           Units\n' +
    'Max processes             31000                31000                processes\n' +
    'Max open files            1048576              1048576              files\n',
  'proc/self/mountinfo': MOUNTS,
  'proc/sys/fs/protected_hardlinks': '1\n',
  'proc/sys/fs/protected_symlinks': '1\n',
  'proc/sys/kernel/core_pattern': 'core\n',
  'proc/sys/kernel/dmesg_restrict': '1\n',
  'proc/sys/kernel/io_uring_disabled': '2\n',
  'proc/sys/kernel/kptr_restrict': '1\n',
  'proc/sys/kernel/perf_event_paranoid': '3\n',
  'proc/sys/kernel/unprivileged_bpf_disabled': '2\n',
  'proc/sys/kernel/unprivileged_userns_clone': '1\n',
  'proc/sys/kernel/yama/ptrace_scope': '1\n',
  'proc/sys/user/max_user_namespaces': '31000\n',
  'proc/sys/user/max_net_namespaces': '31000\n',
  'sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  'sys/devices/system/cpu/smt/active': '0\n',
  'sys/devices/system/cpu/vulnerabilities/meltdown': 'Not affected\n',
  'sys/devices/system/cpu/vulnerabilities/mds': 'Mitigation: Clear CPU buffers; SMT vulnerable\n',
  'sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/bash\n',
  'etc/group': 'root:x:0:\nada:x:1000:\n',
  'etc/subuid': 'ada:100000:65536\n',
  'etc/subgid': 'ada:100000:65536\n',
};

const SURVEY = {
  pidfd: '0',
  openat2: '0',
  closeRange: '0',
  clone3: '0',
  seccompNotify: '0',
  userns: '0',
  usernsPrivileges: '0',
  procWritable: '0',
  i386: '0',
  x32: 'ENOSYS',
  landlock: '7',
};

export function trial(changes: Partial<Trial> = {}): Trial {
  return {
    exitCode: 0,
    signal: null,
    stdout: 'userns 28\nprocWritable 30\nlandlock 7\n',
    stderr: '',
    timedOut: false,
    spawnError: null,
    leftBehind: false,
    ...changes,
  };
}

export function launcher(name: LauncherFacts['name'], changes: Partial<LauncherFacts> = {}): LauncherFacts {
  const path = name === 'bubblewrap' ? '/usr/bin/bwrap' : '/usr/local/bin/nsjail';
  return {
    name,
    engine: { found: true, path, version: '0.12.0', options: ['--use_cgroupv2', '--seccomp'] },
    missingOptions: [],
    mode: 0o755,
    profile: null,
    jail: trial(),
    trials: {
      plantedLink: { answer: 'no', evidence: 'not followed' },
      diesWithParent: { answer: 'yes', evidence: 'gone' },
      kafel: { answer: 'yes', evidence: 'compiled' },
      mountFlags: { answer: 'yes', evidence: 'nosuid, nodev' },
    },
    ...changes,
  };
}

const { policy: STRICT } = resolvePolicy(await loadPolicyFile('strict'));

/** @param files on top of those of the healthy host; an empty text takes one away */
export async function facts(changes: Partial<DoctorFacts> = {}, files: Files = {}): Promise<DoctorFacts> {
  return {
    ...{ uid: 0, node: '20.19.0', arch: 'x64', kernel: '6.12.0', now: Date.UTC(2026, 5, 1) },
    policy: STRICT,
    neededEngines: ['bubblewrap'],
    files: await systemFiles({ ...HEALTHY_FILES, ...files }),
    native: { path: '/opt/warder/warder-init', problem: null, survey: SURVEY },
    runtimeDir: { path: '/run/warder', problem: null },
    cgroup: {
      driver: 'v2',
      controllers: ['memory', 'pids', 'cpu', 'cpuacct', 'cpuset', 'io'],
      swapLimit: true,
      unusable: {},
    },
    cgroupFeatures: { kill: true, oomGroup: true, memoryPeak: true },
    session: { bus: true, runtimeDirKnown: true, lingers: true },
    bubblewrap: launcher('bubblewrap'),
    nsjail: launcher('nsjail'),
    space: [{ path: '/tmp', freeBytes: 2 ** 33, freeInodes: 1e6 }],
    openFiles: 40,
    ...changes,
  };
}

export function survey(changes: Readonly<Record<string, string>>): Partial<DoctorFacts> {
  return { native: { path: '/opt/warder/warder-init', problem: null, survey: { ...SURVEY, ...changes } } };
}

/** Through real files, as on a host. */
async function systemFiles(files: Files): Promise<DoctorFacts['files']> {
  const root = mkdtempSync(join(tmpdir(), 'warder-doctor-test-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      if (text === '') continue;
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return await readSystemFiles(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

export function judge(id: string, given: DoctorFacts): Finding {
  const check = CHECKS.find((each) => each.id === id);
  if (check === undefined) throw new Error(`no check is called ${id}`);
  return check.judge(given);
}
