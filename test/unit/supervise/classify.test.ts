import { describe, expect, test } from 'vitest';
import type { Outcome } from '#result/outcome.ts';
import type { Evidence, FirstCause } from '#result/run-result.ts';
import { type ClassifyLimits, classify, type DeniedCall } from '#supervise/classify.ts';
import { unexplained } from '#supervise/unexplained.ts';
import { evidence } from './evidence.ts';

const LIMITS: ClassifyLimits = { wallMs: 1000, cpuTimeMs: 500 };
const CALL: DeniedCall = { syscall: 'ptrace', abi: 'x86_64' };

/** wait(2) statuses as numbers, written out. */
const EXIT_0 = 0x0000;
const EXIT_137 = 0x8900;
const EXIT_255 = 0xff00;
const KILLED = 0x0009;
const SEGV_CORE = 0x008b;
const SIGSYS = 0x001f;

describe('the endings that look alike', () => {
  const status = (waitStatus: number, changes: Partial<Evidence> = {}, elapsedMs = 10) =>
    classify(evidence({ waitStatus, ...changes }), LIMITS, elapsedMs, null);

  test('exit(137) is an exit', () => {
    expect(status(EXIT_137)).toEqual({ kind: 'exited', exitCode: 137 });
  });
  test('kill -9 $$ is a signal', () => {
    expect(status(KILLED)).toEqual({ kind: 'signaled', signal: 'SIGKILL', coreDumped: false });
  });
  test('the OOM killer is the memory limit', () => {
    const memoryEvents = { oomKill: 1, oomGroupKill: null };
    expect(status(KILLED, { memoryEvents })).toEqual({ kind: 'limit', limit: 'memory' });
  });
  test('the deadline is the wall limit', () => {
    const outcome = status(KILLED, { firstCause: 'wall', deadlineBy: 'supervisor' }, 1001);
    expect(outcome).toEqual({ kind: 'limit', limit: 'wall' });
  });
  test('a cancelled run is cancelled', () => {
    expect(status(KILLED, { firstCause: 'canceled' })).toEqual({ kind: 'canceled' });
  });
  test('a killed launcher and a killed init are no outcome, and two different errors', () => {
    const nothing = classify(evidence({ waitStatus: null }), LIMITS, null, null);
    expect(nothing).toBeUndefined();
    expect(unexplained('bubblewrap', { exitCode: null, signal: 'SIGKILL' })).toMatchObject({
      code: 'ENGINE_LAUNCHER_DIED',
      details: { engine: 'bubblewrap', exitCode: null, signal: 'SIGKILL' },
    });
    expect(unexplained('bubblewrap', { exitCode: 137, signal: null })).toMatchObject({
      code: 'ENGINE_INIT_DIED',
      details: { engine: 'bubblewrap', exitCode: 137, signal: null },
    });
  });
});

describe('what the program can forge is no verdict', () => {
  test('a bare SIGSYS', () => {
    expect(classify(evidence({ waitStatus: SIGSYS }), LIMITS, 10, null)).toEqual({
      kind: 'signaled',
      signal: 'SIGSYS',
      coreDumped: false,
    });
  });
  test('a bare SIGXFSZ or SIGXCPU', () => {
    for (const [number, signal] of [
      [25, 'SIGXFSZ'],
      [24, 'SIGXCPU'],
    ] as const) {
      expect(classify(evidence({ waitStatus: number }), LIMITS, 10, null)).toMatchObject({ signal });
    }
  });
  test('a record of a denied call that came after another cause', () => {
    const late = evidence({ firstCause: 'wall', denied: { nr: 101, auditArch: 1 }, waitStatus: KILLED });
    expect(classify(late, LIMITS, 2000, CALL)).toEqual({ kind: 'limit', limit: 'wall' });
  });
});

describe('reading a status', () => {
  test.each<[number, Outcome]>([
    [EXIT_0, { kind: 'exited', exitCode: 0 }],
    [EXIT_255, { kind: 'exited', exitCode: 255 }],
    [SEGV_CORE, { kind: 'signaled', signal: 'SIGSEGV', coreDumped: true }],
    [0x0022, { kind: 'signaled', signal: 'SIGRTMIN+0', coreDumped: false }],
  ])('%i', (waitStatus, outcome) => {
    expect(classify(evidence({ waitStatus }), LIMITS, 10, null)).toEqual(outcome);
  });
});

test('a burst of CPU time between two looks is found by the account, one microsecond over', () => {
  const spent = (cpuTotalUs: number) => classify(evidence({ cpuTotalUs }), LIMITS, 10, null);
  expect(spent(500_000)).toEqual({ kind: 'exited', exitCode: 0 });
  expect(spent(500_001)).toEqual({ kind: 'limit', limit: 'cpuTime' });
});

test('a program that ended in time keeps its own end, though the deadline fired; on the deadline it does not', () => {
  const raced = (waitStatus: number, elapsedMs: number) =>
    classify(evidence({ firstCause: 'wall', waitStatus }), LIMITS, elapsedMs, null);
  expect(raced(EXIT_0, 999.9)).toEqual({ kind: 'exited', exitCode: 0 });
  expect(raced(EXIT_0, 1000)).toEqual({ kind: 'limit', limit: 'wall' });
  // Whether that SIGKILL was ours cannot be told, so it counts as ours.
  expect(raced(KILLED, 999.9)).toEqual({ kind: 'limit', limit: 'wall' });
});

/**
 * Every combination of evidence against the rules as one list of candidates in order of rank, written without looking
 * at how classify does it: the first one that applies is the outcome.
 */
describe('the whole table', () => {
  const CAUSES: (FirstCause | null)[] = [
    null,
    'canceled',
    'wall',
    'cpuTime',
    'memory',
    'stdout',
    'stderr',
    'denied',
  ];
  const OOM = [null, 0, 1, 3];
  const STATUS: [number | null, Outcome | undefined][] = [
    [null, undefined],
    [EXIT_0, { kind: 'exited', exitCode: 0 }],
    [EXIT_137, { kind: 'exited', exitCode: 137 }],
    [KILLED, { kind: 'signaled', signal: 'SIGKILL', coreDumped: false }],
    [SEGV_CORE, { kind: 'signaled', signal: 'SIGSEGV', coreDumped: true }],
  ];
  const EXEC_FAILED = [null, { step: 'exec', index: 0, errno: 'ENOENT' }];
  const DENIED = [null, CALL];
  const CPU_US = [null, 0, 500_000, 500_001];
  const ELAPSED = [null, 10, 1000, 1500];
  const LIMIT_SETS: ClassifyLimits[] = [LIMITS, { wallMs: null, cpuTimeMs: null }];

  interface Row {
    readonly cause: FirstCause | null;
    readonly oom: number | null;
    readonly own: Outcome | undefined;
    readonly status: number | null;
    readonly execFailed: Evidence['execFailed'];
    readonly call: DeniedCall | null;
    readonly cpuUs: number | null;
    readonly elapsed: number | null;
    readonly limits: ClassifyLimits;
  }

  function expected({ cause, oom, own, status, execFailed, call, cpuUs, elapsed, limits }: Row) {
    const inTime = elapsed !== null && limits.wallMs !== null && elapsed < limits.wallMs;
    const endedItself = status !== null && status !== KILLED;
    const overCpu = limits.cpuTimeMs !== null && cpuUs !== null && cpuUs > limits.cpuTimeMs * 1000;
    const ranked: [applies: boolean, outcome: Outcome | undefined][] = [
      [cause === 'canceled', { kind: 'canceled' }],
      [cause === 'denied' && call !== null, { kind: 'denied', by: 'seccomp', ...CALL }],
      [cause === 'wall' && !(inTime && endedItself), { kind: 'limit', limit: 'wall' }],
      [cause === 'cpuTime', { kind: 'limit', limit: 'cpuTime' }],
      [cause === 'memory', { kind: 'limit', limit: 'memory' }],
      [cause === 'stdout', { kind: 'limit', limit: 'stdout' }],
      [cause === 'stderr', { kind: 'limit', limit: 'stderr' }],
      [oom !== null && oom >= 1, { kind: 'limit', limit: 'memory' }],
      [overCpu, { kind: 'limit', limit: 'cpuTime' }],
      [execFailed !== null, { kind: 'notStarted', errno: 'ENOENT' }],
      [true, own],
    ];
    return ranked.find(([applies]) => applies)?.[1];
  }

  function* rows(cause: FirstCause | null): Generator<Row> {
    for (const oom of OOM)
      for (const [status, own] of STATUS)
        for (const execFailed of EXEC_FAILED)
          for (const call of DENIED)
            for (const cpuUs of CPU_US)
              for (const elapsed of ELAPSED)
                for (const limits of LIMIT_SETS)
                  yield { cause, oom, own, status, execFailed, call, cpuUs, elapsed, limits };
  }

  const outcomeOf = (row: Row) =>
    classify(
      evidence({
        firstCause: row.cause,
        memoryEvents: row.oom === null ? null : { oomKill: row.oom, oomGroupKill: null },
        waitStatus: row.status,
        execFailed: row.execFailed,
        cpuTotalUs: row.cpuUs,
      }),
      row.limits,
      row.elapsed,
      row.call,
    );

  test.each(CAUSES)('first cause %s', (cause) => {
    const wrong = [...rows(cause)].flatMap((row) => {
      const [actual, wanted] = [outcomeOf(row), expected(row)];
      return JSON.stringify(actual) === JSON.stringify(wanted) ? [] : [{ row, actual, wanted }];
    });
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  test('the table reaches every outcome', () => {
    const kinds = new Set(
      CAUSES.flatMap((cause) => [...rows(cause)].map((row) => outcomeOf(row)?.kind ?? 'none')),
    );
    expect([...kinds].sort()).toEqual([
      'canceled',
      'denied',
      'exited',
      'limit',
      'none',
      'notStarted',
      'signaled',
    ]);
  });
});
