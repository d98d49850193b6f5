import { expect, test } from 'vitest';
import { planV2Settings } from '#cgroup/v2/settings.ts';

const ALL = ['cpu', 'memory', 'pids'];
const NONE = { memoryBytes: null, swapBytes: null, pidsMax: null, cpu: null };
const NO_SWAP = expect.objectContaining({ control: 'swap' });

test('all settings', () => {
  const cpu = { quotaUs: 50_000, periodUs: 100_000 };
  expect(planV2Settings('/leaf', ALL, { memoryBytes: 1000, swapBytes: 0, pidsMax: 16, cpu })).toEqual([
    { dir: '/leaf', file: 'memory.max', data: '1000' },
    { dir: '/leaf', file: 'memory.swap.max', data: '0', ifMissing: NO_SWAP },
    { dir: '/leaf', file: 'memory.oom.group', data: '1' },
    { dir: '/leaf', file: 'pids.max', data: '16' },
    { dir: '/leaf', file: 'cpu.max', data: '50000 100000' },
  ]);
});

test('null leaves the knobs alone', () => {
  expect(planV2Settings('/leaf', [], NONE)).toEqual([]);
  expect(planV2Settings('/leaf', ALL, { ...NONE, swapBytes: 0 })).toEqual([
    { dir: '/leaf', file: 'memory.swap.max', data: '0', ifMissing: NO_SWAP },
  ]);
});

test.each([
  ['memory', { memoryBytes: 1 }],
  ['memory', { swapBytes: 0 }],
  ['pids', { pidsMax: 1 }],
  ['cpu', { cpu: { quotaUs: 1000, periodUs: 100_000 } }],
])('without the controller %s, %j is refused', (control, settings) => {
  const others = ALL.filter((name) => name !== control);
  expect(() => planV2Settings('/leaf', others, { ...NONE, ...settings })).toThrow(`cannot limit ${control}`);
});
