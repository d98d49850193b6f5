import { describe, expect, test } from 'vitest';
import { isAsExpected } from '../../../../src/escape/user-attacks/expectation.ts';

const ended = (stderr: string, exitCode = 1) => ({
  outcome: { kind: 'exited', exitCode } as const,
  stdout: { data: '', encoding: 'utf8', bytes: 0, truncated: false } as const,
  stderr: { data: stderr, encoding: 'utf8', bytes: stderr.length, truncated: false } as const,
});

describe('isAsExpected', () => {
  test.each(['sh: x: Permission denied', 'Error: EACCES: x', '[Errno 13] x'])('errno in %j', (text) => {
    expect(isAsExpected(ended(text), { errno: 'EACCES' })).toBe(true);
    expect(isAsExpected(ended(text), { errno: 'EPERM' })).toBe(false);
  });

  test('everything that is named must be so', () => {
    expect(isAsExpected(ended('EACCES'), { exitCode: 1, errno: 'EACCES' })).toBe(true);
    expect(isAsExpected(ended('EACCES'), { exitCode: 2, errno: 'EACCES' })).toBe(false);
    expect(isAsExpected(ended('[Errno 130]'), { errno: 'EACCES' })).toBe(false);
    expect(isAsExpected(ended(''), { signal: 'SIGSYS' })).toBe(false);
  });
});
