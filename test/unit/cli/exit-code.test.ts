import { expect, test } from 'vitest';
import { EXIT, exitCodeOf, exitCodeOfError, exitCodeOfSignal } from '#cli/exit-code.ts';
import { ERROR_CODES, type Outcome, WarderError } from '#index.ts';

const CASES: readonly (readonly [Outcome, number])[] = [
  [{ kind: 'exited', exitCode: 0 }, 0],
  [{ kind: 'exited', exitCode: 7 }, 7],
  [{ kind: 'exited', exitCode: 255 }, 255],
  [{ kind: 'notStarted', errno: 'ENOENT' }, 127],
  [{ kind: 'notStarted', errno: 'EACCES' }, 126],
  [{ kind: 'notStarted', errno: 'ENOEXEC' }, 126],
  [{ kind: 'signaled', signal: 'SIGKILL', coreDumped: false }, 137],
  [{ kind: 'signaled', signal: 'SIGSEGV', coreDumped: true }, 139],
  [{ kind: 'limit', limit: 'wall' }, 124],
  [{ kind: 'limit', limit: 'cpuTime' }, 123],
  [{ kind: 'limit', limit: 'memory' }, 122],
  [{ kind: 'limit', limit: 'stdout' }, 121],
  [{ kind: 'limit', limit: 'stderr' }, 121],
  [{ kind: 'denied', by: 'seccomp', syscall: 'ptrace', abi: 'x86_64' }, 119],
  [{ kind: 'canceled' }, 118],
];

test.each(CASES)('%j exits with %i', (outcome, code) => {
  expect(exitCodeOf(outcome, 'run', undefined)).toBe(code);
});

test('a failed compile phase is 100, whatever the compiler did', () => {
  expect(exitCodeOf({ kind: 'exited', exitCode: 1 }, 'compile', undefined)).toBe(100);
  expect(exitCodeOf({ kind: 'limit', limit: 'wall' }, 'compile', undefined)).toBe(100);
});

test('a missing working directory is not a missing command', () => {
  expect(exitCodeOf({ kind: 'notStarted', errno: 'ENOENT' }, 'run', 'chdir')).toBe(EXIT.cannotExecute);
  expect(exitCodeOf({ kind: 'notStarted', errno: 'ENOENT' }, 'run', 'exec')).toBe(EXIT.notFound);
});

test.each([
  ['SIGHUP', 129],
  ['SIGTERM', 143],
  ['SIGRTMIN+0', 162],
  ['SIGRTMIN+30', 192],
  ['SIG33', 161],
])('%s is %i', (signal, code) => {
  expect(exitCodeOfSignal(signal)).toBe(code);
});

test('every error code has one of the three codes of the contract, by who has to act', () => {
  const codes = Object.entries(ERROR_CODES).map(([code]) => {
    const error = new WarderError(code as 'INTERNAL_BUG', '', { details: { what: '' } });
    return [code.split('_')[0], exitCodeOfError(error)];
  });
  expect(Object.fromEntries(codes)).toEqual({
    REQUEST: 64,
    POLICY: 64,
    SECCOMP: 64,
    HOST: 69,
    CGROUP: 70,
    ENGINE: 70,
    LAUNCH: 70,
    SUPERVISE: 70,
    INTERNAL: 70,
  });
});
