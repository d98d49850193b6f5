import { expect, test } from 'vitest';
import { overridesFromOptions } from '#cli/overrides.ts';
import type { SharedOptions } from '#cli/shared-options.ts';
import { isWarderError } from '#index.ts';

function issuesOf(more: SharedOptions): readonly unknown[] {
  try {
    overridesFromOptions(more);
  } catch (error) {
    if (isWarderError(error) && 'issues' in error.details) return error.details.issues;
  }
  return [];
}

test('shorthands are fields of the policy', () => {
  const given = { timeout: '5s', memory: '256MiB', cpus: '0.5', pids: '32', network: 'loopback' };
  expect(overridesFromOptions(given)).toEqual({
    limits: { wall: '5s', memory: '256MiB', cpu: 0.5, pids: 32 },
    network: { mode: 'loopback' },
  });
});

test('--set wins over a shorthand, and reaches any field', () => {
  const set = ['limits.memory=1GiB', 'execution.writtenFiles=deny', 'limits.stdout={size: 1KiB}'];
  expect(overridesFromOptions({ memory: '256MiB', set })).toEqual({
    limits: { memory: '1GiB', stdout: { size: '1KiB' } },
    execution: { writtenFiles: 'deny' },
  });
});

test('nothing given is nothing overridden', () => {
  expect(overridesFromOptions({})).toEqual({});
});

test('every problem is listed under the option that the user wrote', () => {
  const issues = issuesOf({ timeout: '5', memory: '1GB', pids: 'many', set: ['limits.wal=1s', 'nonsense'] });
  // A malformed assignment is told alone, before any value is looked at.
  expect(issues).toEqual([{ path: '--set', message: expect.stringContaining('nonsense') }]);
  expect(issuesOf({ timeout: '5', memory: '1GB', pids: 'many', set: ['limits.wal=1s'] })).toEqual([
    expect.objectContaining({ path: '--timeout' }),
    expect.objectContaining({ path: '--memory' }),
    expect.objectContaining({ path: '--pids' }),
    expect.objectContaining({ path: '--set limits.wal', suggestion: 'wall' }),
  ]);
});
