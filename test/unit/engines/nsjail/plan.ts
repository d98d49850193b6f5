import type { JailPlan } from '#plan/types.ts';

export const PLAN: JailPlan = {
  engine: { name: 'nsjail', version: 'unknown', path: '/opt/nsjail' },
  identity: { uid: 1000, gid: 1001, hostname: 'jail' },
  network: 'none',
  mounts: [
    { kind: 'tmpfs', target: '/', sizeBytes: 4096, inodes: 256, mode: 0o755, control: null },
    { kind: 'bind', source: '/usr', target: '/usr', readOnly: true },
    { kind: 'proc' },
    { kind: 'tmpfs', target: '/dev', sizeBytes: 65536, inodes: 16, mode: 0o755, control: null },
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 8192, inodes: null, mode: 0o1777, control: 'tmp' },
    { kind: 'remountReadOnly', target: '/proc' },
    { kind: 'remountReadOnly', target: '/dev' },
    { kind: 'remountReadOnly', target: '/' },
  ],
  launcherDeadlineMs: 30_500,
  cgroup: {
    memoryBytes: 64 * 1024 ** 2,
    swapBytes: 0,
    pidsMax: 66,
    cpu: { quotaUs: 50_000, periodUs: 100_000 },
  },
  controls: [],
  weakenings: [],
  policy: { name: 'p', sha256: '' },
  rootfs: { name: 'host', sha256: null },
};
