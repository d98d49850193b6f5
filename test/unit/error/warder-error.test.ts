import { describe, expect, test } from 'vitest';
import { errnoOf, formatIssue, isWarderError, WarderError } from '#error/warder-error.ts';

describe('WarderError', () => {
  const details = { path: '/etc/policy.yaml', errno: 'EACCES' };

  test('takes its stage from the registry and keeps the cause', () => {
    const cause = new Error('EACCES: permission denied');
    const error = new WarderError('POLICY_UNREADABLE', 'cannot read /etc/policy.yaml: EACCES', {
      details,
      cause,
    });
    expect(error.stage).toBe('policy');
    expect(error.cause).toBe(cause);
    expect(error.name).toBe('WarderError');
    expect(error).toBeInstanceOf(Error);
  });

  test('has no cause property when there was none', () => {
    expect('cause' in new WarderError('POLICY_UNREADABLE', 'text', { details })).toBe(false);
  });

  test('prints as JSON with a hint of null when there is none, and without stack or cause', () => {
    const error = new WarderError('POLICY_UNREADABLE', 'text', { details, cause: new Error('secret') });
    const json = { code: 'POLICY_UNREADABLE', stage: 'policy', message: 'text', hint: null, details };
    expect(JSON.parse(JSON.stringify(error))).toEqual(json);
    const hinted = new WarderError('POLICY_UNREADABLE', 'text', { details, hint: 'chmod' });
    expect(hinted.toJSON().hint).toBe('chmod');
  });

  test('is told from other errors', () => {
    expect(isWarderError(new WarderError('INTERNAL_BUG', 'text', { details: { what: 'x' } }))).toBe(true);
    expect(isWarderError(new Error('text'))).toBe(false);
    expect(isWarderError({ code: 'INTERNAL_BUG' })).toBe(false);
  });
});

describe('errnoOf', () => {
  test('prefers the code, then the message, then the value as text', () => {
    expect(errnoOf(Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' }))).toBe('ENOENT');
    expect(errnoOf(Object.assign(new Error('text'), { code: 5 }))).toBe('text');
    expect(errnoOf('text')).toBe('text');
  });
});

describe('formatIssue', () => {
  test('shows place, path, message and suggestion', () => {
    const place = { file: 'a.yaml', line: 3, column: 5 };
    const issue = { path: 'limits', message: 'unknown key `memroy`', suggestion: 'memory', ...place };
    expect(formatIssue(issue)).toBe('a.yaml:3:5: limits: unknown key `memroy`, did you mean `memory`?');
  });

  test('leaves out what is not known', () => {
    expect(formatIssue({ path: '', message: 'empty' })).toBe('empty');
    expect(formatIssue({ path: 'name', message: 'missing', file: 'a.yaml' })).toBe('a.yaml: name: missing');
  });
});
