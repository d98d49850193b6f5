import { expect, test } from 'vitest';
import { liftIo } from '#cgroup/io-rates.ts';
import { planV1Settings } from '#cgroup/v1/settings.ts';

const DIRS = { memory: '/m', pids: '/p', cpu: '/c', cpuacct: '/a' };
const NONE = { memoryBytes: null, swapBytes: null, pidsMax: null, cpu: null };

test('all settings, the limit before the sum and the period before the quota', () => {
  const cpu = { quotaUs: 50_000, periodUs: 100_000 };
  expect(planV1Settings(DIRS, { memoryBytes: 1000, swapBytes: 24, pidsMax: 16, cpu })).toEqual([
    { dir: '/m', file: 'memory.limit_in_bytes', data: '1000' },
    {
      dir: '/m',
      file: 'memory.memsw.limit_in_bytes',
      data: '1024',
      ifMissing: expect.objectContaining({ control: 'swap' }),
    },
    { dir: '/p', file: 'pids.max', data: '16' },
    { dir: '/c', file: 'cpu.cfs_period_us', data: '100000' },
    { dir: '/c', file: 'cpu.cfs_quota_us', data: '50000' },
  ]);
});

test('null leaves the knobs alone', () => {
  expect(planV1Settings({}, NONE)).toEqual([]);
  expect(planV1Settings(DIRS, { ...NONE, memoryBytes: 5 })).toEqual([
    { dir: '/m', file: 'memory.limit_in_bytes', data: '5' },
  ]);
});

test.each([
  ['memory', { memoryBytes: 1 }],
  ['pids', { pidsMax: 1 }],
  ['cpu', { cpu: { quotaUs: 1000, periodUs: 100_000 } }],
  ['cpuset', { cpus: [0] }],
  ['io', { io: { readBytes: 1, writeBytes: null, readOps: null, writeOps: null } }],
])('a limit on %s without its controller is refused', (control, settings) => {
  expect(() => planV1Settings({}, { ...NONE, ...settings })).toThrow(
    expect.objectContaining({
      code: 'HOST_CONTROL_UNENFORCEABLE',
      details: { controls: [expect.objectContaining({ control })] },
    }),
  );
});

test('swap without a memory limit cannot be said on v1', () => {
  expect(() => planV1Settings(DIRS, { ...NONE, swapBytes: 0 })).toThrow('cannot limit swap');
});

const IO = { readBytes: 1024, writeBytes: 2048, readOps: null, writeOps: 7 };

test('memory nodes before processors, and one write for each rate and disk', () => {
  const dirs = { ...DIRS, cpuset: '/s', blkio: '/b' };
  const around = { disks: ['8:0', '8:16'], memoryNodes: '0-1' };
  const writes = planV1Settings(dirs, { ...NONE, cpus: [2], io: IO }, around);
  expect(writes.map(({ dir, file, data }) => `${dir}/${file} ${data}`)).toEqual([
    '/s/cpuset.mems 0-1',
    '/s/cpuset.cpus 2',
    '/b/blkio.throttle.read_bps_device 8:0 1024',
    '/b/blkio.throttle.read_bps_device 8:16 1024',
    '/b/blkio.throttle.write_bps_device 8:0 2048',
    '/b/blkio.throttle.write_bps_device 8:16 2048',
    '/b/blkio.throttle.write_iops_device 8:0 7',
    '/b/blkio.throttle.write_iops_device 8:16 7',
  ]);
  expect(liftIo('v1', writes).map(({ data }) => data)).toEqual([
    '8:0 0',
    '8:16 0',
    '8:0 0',
    '8:16 0',
    '8:0 0',
    '8:16 0',
  ]);
  expect(() => planV1Settings(dirs, { ...NONE, io: IO })).toThrow('cannot limit io');
});
