import { describe, expect, test } from 'vitest';
import { summaryLine } from '#cli/summary.ts';
import type { Control, ControlEntry, Outcome, RunResult } from '#index.ts';

const CONTROLS: readonly ControlEntry[] = [
  { control: 'wall', value: 30_000, enforcedBy: ['supervisor'] },
  { control: 'memory', value: 268_435_456, enforcedBy: ['cgroup1'] },
  { control: 'pids', value: 64, enforcedBy: ['cgroup1'] },
  { control: 'stdout', value: 1_048_576, enforcedBy: ['supervisor'] },
  { control: 'cpuTime', value: 'unlimited', enforcedBy: [] },
];

function line(outcome: Outcome, limitsHit: readonly Control[] = [], step = 'exec'): string | null {
  const evidence = { execFailed: { step, index: 0, errno: '' } } as unknown as RunResult['evidence'];
  return summaryLine({
    outcome,
    phase: 'run',
    controls: CONTROLS,
    limitsHit,
    evidence,
    artifactsRefused: [],
  });
}

describe('summaryLine', () => {
  test('a plain exit needs no line, whatever its code', () => {
    expect(line({ kind: 'exited', exitCode: 0 })).toBeNull();
    expect(line({ kind: 'exited', exitCode: 3 })).toBeNull();
  });

  test('an exit with cut output, or at the process limit, does', () => {
    expect(line({ kind: 'exited', exitCode: 0 }, ['stdout'])).toBe(
      'limit on standard output of 1MiB reached; raise it with --set limits.stdout=…',
    );
    expect(line({ kind: 'exited', exitCode: 1 }, ['pids'])).toBe(
      'process limit of 64 reached; raise it with --pids',
    );
  });

  test.each<[Outcome, string]>([
    [{ kind: 'limit', limit: 'wall' }, 'time limit of 30s reached; raise it with --timeout'],
    [{ kind: 'limit', limit: 'memory' }, 'memory limit of 256MiB reached; raise it with --memory'],
    [{ kind: 'limit', limit: 'cpuTime' }, 'CPU time limit reached; raise it with --set limits.cpuTime=…'],
    [{ kind: 'signaled', signal: 'SIGSEGV', coreDumped: true }, 'ended by SIGSEGV (core dumped)'],
    [{ kind: 'signaled', signal: 'SIGKILL', coreDumped: false }, 'ended by SIGKILL'],
    [
      { kind: 'denied', by: 'seccomp', syscall: 'ptrace', abi: 'x86_64' },
      'ended by seccomp: the policy denies the system call ptrace (x86_64)',
    ],
    [{ kind: 'notStarted', errno: 'ENOENT' }, 'the command was not found in the sandbox (ENOENT)'],
    [{ kind: 'notStarted', errno: 'EACCES' }, 'the command could not be executed in the sandbox: EACCES'],
    [{ kind: 'canceled' }, 'canceled'],
  ])('%j', (outcome, text) => {
    expect(line(outcome)).toBe(text);
  });

  test('a missing working directory is called that', () => {
    expect(line({ kind: 'notStarted', errno: 'ENOENT' }, [], 'chdir')).toBe(
      'the working directory cannot be entered in the sandbox: ENOENT',
    );
  });

  test('limits beside the one that ended it are named too', () => {
    expect(line({ kind: 'limit', limit: 'wall' }, ['wall', 'pids'])).toBe(
      'time limit of 30s reached; raise it with --timeout; also reached: process limit of 64',
    );
  });
});

describe('the compile phase', () => {
  const compileLine = (outcome: Outcome, artifactsRefused: RunResult['artifactsRefused'] = []) => {
    const evidence = { execFailed: null } as unknown as RunResult['evidence'];
    return summaryLine({
      outcome,
      phase: 'compile',
      controls: CONTROLS,
      limitsHit: [],
      evidence,
      artifactsRefused,
    });
  };
  test.each<[Outcome, string]>([
    [{ kind: 'exited', exitCode: 1 }, 'not compiled: the compiler exited with 1'],
    [{ kind: 'exited', exitCode: 0 }, 'not run: the compiler succeeded and left no program'],
    [{ kind: 'signaled', signal: 'SIGSEGV', coreDumped: false }, 'not compiled: ended by SIGSEGV'],
    [
      { kind: 'limit', limit: 'memory' },
      'not compiled: memory limit of 256MiB reached by the compiler; raise it with --set compile.limits.memory=…',
    ],
  ])('%j is told as the compiler’s', (outcome, text) => expect(compileLine(outcome)).toBe(text));

  test('what was not taken of its output is named, whatever its name does to a terminal', () => {
    const refused = [{ path: '.compiled/\u001b[2Jmain', why: 'symlink' }] as const;
    expect(compileLine({ kind: 'exited', exitCode: 0 }, refused)).toBe(
      'not run: the compiler succeeded and left what is not taken: .compiled/%1b[2Jmain (symlink)',
    );
  });
});
