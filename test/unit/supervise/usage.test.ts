import { describe, expect, test } from 'vitest';
import type { CgroupUsage } from '#cgroup/types.ts';
import type { ProgramExit, ProgramTotals } from '#launch/protocol.ts';
import { computeUsage, limitsHit, programCpuUs, type UsageReadings } from '#supervise/usage.ts';
import { evidence } from './evidence.ts';

const BASELINE: CgroupUsage = {
  memoryPeakBytes: 900_000,
  memoryCurrentBytes: 500_000,
  cpuTotalUs: 4000,
  pidsPeak: 3,
};
const FINAL: CgroupUsage = {
  memoryPeakBytes: 5_500_000,
  memoryCurrentBytes: 600_000,
  cpuTotalUs: 15_000,
  pidsPeak: 7,
};
const EXIT: ProgramExit = {
  waitStatus: 0,
  elapsedMs: 12.5,
  cpuUserUs: 6000,
  cpuSystemUs: 2000,
  maxRssBytes: 3_000_000,
};
const TOTALS: ProgramTotals = { orphans: 0, cpuUserUs: 6000, cpuSystemUs: 2000, initCpuUs: 1000 };

const READINGS: UsageReadings = {
  driver: 'v1',
  baseline: BASELINE,
  final: FINAL,
  peakReset: true,
  exit: EXIT,
  totals: TOTALS,
  sampledMemoryBytes: null,
  sampledGroupBytes: null,
  account: null,
  supervisedMs: null,
};
const WITHOUT_CGROUP: UsageReadings = { ...READINGS, driver: null, baseline: null, final: null };
const NOTHING: UsageReadings = { ...WITHOUT_CGROUP, exit: null, totals: null, peakReset: false };

describe('CPU time', () => {
  test('the leaf’s, less what was there before and what init used', () => {
    expect(programCpuUs(READINGS)).toBe(15_000 - 4000 - 1000);
  });
  test('without init’s word nothing of init can be taken out', () => {
    expect(programCpuUs({ ...READINGS, totals: null })).toBe(11_000);
  });
  test('never negative', () => {
    expect(programCpuUs({ ...READINGS, totals: { ...TOTALS, initCpuUs: 99_000 } })).toBe(0);
  });
  test.each<[string, Partial<UsageReadings>]>([
    ['no baseline', { baseline: null }],
    ['no final reading', { final: null }],
    ['a leaf that does not count', { final: { ...FINAL, cpuTotalUs: null } }],
    ['a baseline that does not count', { baseline: { ...BASELINE, cpuTotalUs: null } }],
  ])('rusage with %s', (_, changes) => expect(programCpuUs({ ...READINGS, ...changes })).toBe(8000));
  test('null when nobody knows', () => expect(programCpuUs(NOTHING)).toBeNull());

  test('the split has the ratio of rusage and the sum of the leaf', () => {
    const { cpuUserMs, cpuSystemMs, sources } = computeUsage(READINGS);
    expect([cpuUserMs, cpuSystemMs]).toEqual([7.5, 2.5]);
    expect(sources).toMatchObject({ cpuUserMs: 'cgroup1', cpuSystemMs: 'cgroup1' });
  });
  test('all of it is system time when rusage saw nothing', () => {
    const totals = { ...TOTALS, cpuUserUs: 0, cpuSystemUs: 0 };
    expect(computeUsage({ ...READINGS, totals })).toMatchObject({ cpuUserMs: 0, cpuSystemMs: 10 });
  });
  test('no split without rusage', () => {
    expect(computeUsage({ ...READINGS, totals: null })).toMatchObject({ cpuUserMs: null, cpuSystemMs: null });
  });
});

describe('memory', () => {
  test('the peak less what launcher and init had, where the mark was started anew', () => {
    expect(computeUsage(READINGS).memoryPeakBytes).toBe(5_000_000);
    expect(computeUsage({ ...READINGS, peakReset: false }).memoryPeakBytes).toBe(5_500_000);
    const unknown = { ...BASELINE, memoryCurrentBytes: null };
    expect(computeUsage({ ...READINGS, baseline: unknown }).memoryPeakBytes).toBe(5_500_000);
    expect(computeUsage({ ...READINGS, baseline: null }).memoryPeakBytes).toBe(5_500_000);
  });
  test('never negative', () => {
    const baseline = { ...BASELINE, memoryCurrentBytes: 9_000_000 };
    expect(computeUsage({ ...READINGS, baseline }).memoryPeakBytes).toBe(0);
  });
  test.each([
    [4_000_000, 4_000_000, 'pidusage'],
    [2_000_000, 3_000_000, 'rusage'],
    [null, 3_000_000, 'rusage'],
  ] as const)('without a leaf: sampled %s gives %d by %s', (sampledMemoryBytes, bytes, source) => {
    const usage = computeUsage({ ...WITHOUT_CGROUP, sampledMemoryBytes });
    expect([usage.memoryPeakBytes, usage.sources.memoryPeakBytes]).toEqual([bytes, source]);
  });
  test('a sample alone counts', () => {
    expect(computeUsage({ ...NOTHING, sampledMemoryBytes: 5 }).memoryPeakBytes).toBe(5);
  });
});

describe('the whole', () => {
  test('every figure with its source', () => {
    expect(computeUsage({ ...READINGS, driver: 'v2' })).toEqual({
      wallMs: 12.5,
      cpuUserMs: 7.5,
      cpuSystemMs: 2.5,
      memoryPeakBytes: 5_000_000,
      pidsPeak: 5,
      sources: {
        wallMs: 'init',
        cpuUserMs: 'cgroup2',
        cpuSystemMs: 'cgroup2',
        memoryPeakBytes: 'cgroup2',
        pidsPeak: 'cgroup2',
      },
    });
  });
  test('without a leaf, by rusage, and no figure for tasks', () => {
    const { sources, pidsPeak } = computeUsage(WITHOUT_CGROUP);
    expect(pidsPeak).toBeNull();
    expect(sources).toEqual({
      wallMs: 'init',
      cpuUserMs: 'rusage',
      cpuSystemMs: 'rusage',
      memoryPeakBytes: 'rusage',
    });
  });
  test('what was not measured is null, not 0, and has no source', () => {
    expect(computeUsage(NOTHING)).toEqual({
      wallMs: null,
      cpuUserMs: null,
      cpuSystemMs: null,
      memoryPeakBytes: null,
      pidsPeak: null,
      sources: {},
    });
  });
  test('the main process is always one task', () => {
    expect(computeUsage({ ...READINGS, final: { ...FINAL, pidsPeak: 2 } }).pidsPeak).toBe(1);
  });
});

describe('limits that were reached', () => {
  const EXITED = { kind: 'exited', exitCode: 0 } as const;
  const NOT_CUT = { stdout: false, stderr: false };
  test.each<[string, ReturnType<typeof limitsHit>, string[]]>([
    ['none', limitsHit(EXITED, evidence(), NOT_CUT, 500), []],
    ['wall', limitsHit({ kind: 'limit', limit: 'wall' }, evidence(), NOT_CUT, null), ['wall']],
    [
      'a deadline that came too late is not one',
      limitsHit(EXITED, evidence({ firstCause: 'wall' }), NOT_CUT, null),
      [],
    ],
    ['CPU time, seen', limitsHit(EXITED, evidence({ firstCause: 'cpuTime' }), NOT_CUT, null), ['cpuTime']],
    ['CPU time, counted', limitsHit(EXITED, evidence({ cpuTotalUs: 500_001 }), NOT_CUT, 500), ['cpuTime']],
    ['CPU time, just enough', limitsHit(EXITED, evidence({ cpuTotalUs: 500_000 }), NOT_CUT, 500), []],
    ['CPU time, unlimited', limitsHit(EXITED, evidence({ cpuTotalUs: 500_001 }), NOT_CUT, null), []],
    ['CPU time, not counted', limitsHit(EXITED, evidence({ cpuTotalUs: null }), NOT_CUT, 500), []],
    ['pids, not fatal', limitsHit(EXITED, evidence({ pidsEvents: { max: 2 } }), NOT_CUT, null), ['pids']],
    ['pids, unknown', limitsHit(EXITED, evidence({ pidsEvents: { max: null } }), NOT_CUT, null), []],
    ['no cgroup', limitsHit(EXITED, evidence({ pidsEvents: null, memoryEvents: null }), NOT_CUT, null), []],
    [
      'memory of a child',
      limitsHit(EXITED, evidence({ memoryEvents: { oomKill: 1, oomGroupKill: null } }), NOT_CUT, null),
      ['memory'],
    ],
    ['cut output', limitsHit(EXITED, evidence(), { stdout: true, stderr: true }, null), ['stdout', 'stderr']],
  ])('%s', (_, hits, expected) => expect(hits).toEqual(expected));
});

describe('init was killed together with the program', () => {
  const cpu = { totalUs: 15_000, userUs: 9000, systemUs: 3000, periods: 1, throttled: 0, throttledUs: 0 };
  const account = { cpu } as unknown as UsageReadings['account'];
  const killed = {
    ...READINGS,
    driver: 'v2',
    exit: null,
    totals: null,
    account,
    supervisedMs: 99.5,
  } as const;

  test('the time is ours and the split is that of the leaf', () => {
    const { wallMs, cpuUserMs, cpuSystemMs, sources } = computeUsage(killed);
    expect([wallMs, cpuUserMs, cpuSystemMs]).toEqual([99.5, 8.25, 2.75]);
    expect(sources).toMatchObject({ wallMs: 'supervisor', cpuUserMs: 'cgroup2', cpuSystemMs: 'cgroup2' });
  });
  test('a leaf that used nothing', () => {
    const idle = { ...killed, account: { cpu: { ...cpu, userUs: 0, systemUs: 0 } } as typeof account };
    expect(computeUsage(idle)).toMatchObject({ cpuUserMs: 0, cpuSystemMs: 11 });
  });
});

test('memory that was sampled in the leaf, less ours, where the kernel keeps no mark', () => {
  const final = { ...FINAL, memoryPeakBytes: null };
  const usage = computeUsage({ ...READINGS, final, sampledGroupBytes: 2_500_000 });
  expect(usage.memoryPeakBytes).toBe(2_000_000);
  expect(usage.sources.memoryPeakBytes).toBe('sampled');
});
