import { expect, test } from 'vitest';
import { progressLine } from '#cli/progress.ts';

const USAGE = {
  elapsedMs: 2004,
  cpuMs: 1550,
  memoryBytes: 45 * 1024 ** 2 + 17,
  memoryPeakBytes: 64 * 1024 ** 2,
  pids: 2,
  pidsPeak: 3,
  io: null,
  source: 'cgroup2',
} as const;

test('what is known is in the line', () => {
  expect(progressLine(USAGE)).toBe('2.0 s: cpu 1.6 s, memory 45MiB, peak 64MiB, at most 3 tasks');
});

test('what nobody measured is not', () => {
  const sampled = { ...USAGE, memoryPeakBytes: null, pidsPeak: null, source: 'pidusage' } as const;
  expect(progressLine(sampled)).toBe('2.0 s: cpu 1.6 s, memory 45MiB');
  expect(progressLine({ ...USAGE, cpuMs: null, memoryBytes: null, pidsPeak: 1 })).toBe(
    '2.0 s: peak 64MiB, at most 1 task',
  );
});
