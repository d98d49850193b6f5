import { expect, test } from 'vitest';
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
