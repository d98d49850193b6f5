/** Fixed inputs of planning: nothing here is read from the host or from a policy file. */
import type { CgroupFacts, HostFacts } from '#host/types.ts';
import type { EngineCapabilities } from '#plan/types.ts';
import type { ResolvedLimits, ResolvedPolicy } from '#policy/types.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';

const MIB = 1024 ** 2;

export const CGROUP: CgroupFacts = {
  driver: 'v1',
  controllers: ['memory', 'pids', 'cpu', 'cpuacct'],
  swapLimit: true,
  unusable: {},
};

export const NO_CGROUP: CgroupFacts = {
  driver: 'none',
  controllers: [],
  swapLimit: false,
  unusable: { driver: 'nothing is delegated' },
};

export function hostFacts(changes: Partial<HostFacts> = {}): HostFacts {
  return {
    kernel: '6.1.0',
    arch: 'x64',
    uid: 0,
    engines: {
      bubblewrap: { found: true, path: '/usr/bin/bwrap', version: '0.8.0', options: [] },
      nsjail: { found: false, searched: ['/usr/bin/nsjail'] },
    },
    usernsDenied: null,
    landlockAbi: 0,
    cgroup: CGROUP,
    swapTotalBytes: 2048 * MIB,
    hostRootfs: { topLevel: [], etc: [], commands: {} },
    procMasks: ['/proc/keys', '/proc/timer_list'],
    mountPoints: ['/', '/usr/share/extra'],
    ...changes,
  };
}

export const LIMITS: ResolvedLimits = {
  wallMs: 30_000,
  cpuTimeMs: 20_000,
  cpuCores: 0.5,
  memoryBytes: 512 * MIB,
  swapBytes: 0,
  pids: 64,
  stdout: { sizeBytes: MIB, onExceed: 'kill' },
  stderr: { sizeBytes: 2 * MIB, onExceed: 'truncate' },
  fileSizeBytes: 10 * MIB,
  openFiles: 256,
  stackBytes: 8 * MIB,
  coreBytes: 0,
  workspace: { sizeBytes: 64 * MIB, inodes: null },
  tmp: { sizeBytes: 32 * MIB, inodes: null },
  shm: { sizeBytes: 16 * MIB, inodes: null },
};

/** `limits` are laid over the fixed ones field by field; everything else replaces. */
export function policyWith(
  limits: Partial<ResolvedLimits> = {},
  changes: Partial<Omit<ResolvedPolicy, 'limits'>> = {},
): ResolvedPolicy {
  return {
    name: 'fixture',
    description: 'for tests',
    sha256: 'ab'.repeat(32),
    limits: { ...LIMITS, ...limits },
    compileLimits: LIMITS,
    network: { mode: 'none' },
    filesystem: { rootfs: 'auto', mounts: [] },
    identity: { uid: 1000, gid: 1001, hostname: 'jail' },
    environment: { LANG: 'C.UTF-8', EXTRA: '1' },
    devices: ['null', 'urandom'],
    seccomp: { profile: 'default', allow: [], deny: [], places: { allow: {}, deny: {} } },
    compileProfile: null,
    execution: { writtenFiles: 'allow' },
    allowDegraded: [],
    artifacts: { count: 3, sizeBytes: MIB, totalBytes: 2 * MIB, depth: 4 },
    ...changes,
  };
}

export const BUILT_ROOTFS: ResolvedRootfs = {
  name: 'minimal',
  sha256: 'cd'.repeat(32),
  binds: [{ source: '/var/lib/warder/minimal/usr', target: '/usr' }],
  symlinks: [{ target: '/bin', to: 'usr/bin' }],
  path: ['/usr/local/bin', '/usr/bin'],
  commands: { python3: '/usr/bin/python3', node: '/usr/bin/node', bash: '/usr/bin/bash' },
};

export const HOST_ROOTFS: ResolvedRootfs = { ...BUILT_ROOTFS, name: 'host', sha256: null };

export const ENGINE: EngineCapabilities = {
  name: 'bubblewrap',
  tmpfsInodes: false,
  recursiveBindFlags: true,
};

export const OTHER_ENGINE: EngineCapabilities = {
  name: 'nsjail',
  tmpfsInodes: true,
  recursiveBindFlags: false,
};
