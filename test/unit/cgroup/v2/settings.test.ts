import { expect, test } from 'vitest';
import { liftIo } from '#cgroup/io-rates.ts';
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

const IO = { readBytes: 1024, writeBytes: null, readOps: null, writeOps: 7 };

test('processors, and a line of rates for each disk', () => {
  const controllers = [...ALL, 'cpuset', 'io'];
  const settings = { ...NONE, cpus: [0, 1, 3], io: IO };
  const writes = planV2Settings('/leaf', controllers, settings, ['8:0', '254:16']);
  expect(writes).toEqual([
    { dir: '/leaf', file: 'cpuset.cpus', data: '0-1,3' },
    { dir: '/leaf', file: 'io.max', data: '8:0 rbps=1024 wbps=max riops=max wiops=7' },
    { dir: '/leaf', file: 'io.max', data: '254:16 rbps=1024 wbps=max riops=max wiops=7' },
  ]);
  expect(liftIo('v2', writes).map(({ data }) => data)).toEqual([
    '8:0 rbps=max wbps=max riops=max wiops=max',
    '254:16 rbps=max wbps=max riops=max wiops=max',
  ]);
});

test.each([
  ['cpuset', { cpus: [0] }, ['8:0']],
  ['io', { io: IO }, ['8:0']],
])('without the controller %s it is refused', (control, settings, disks) => {
  expect(() => planV2Settings('/leaf', ALL, { ...NONE, ...settings }, disks)).toThrow(
    `cannot limit ${control}`,
  );
});

test('rates for no disk would hold nothing', () => {
  expect(() => planV2Settings('/leaf', ['io'], { ...NONE, io: IO }, [])).toThrow('cannot limit io');
});
