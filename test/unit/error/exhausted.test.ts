import { describe, expect, test } from 'vitest';
import { nameExhaustion, requireResources } from '#error/exhausted.ts';
import { WarderError } from '#error/warder-error.ts';

function failed(code: string): Error {
  return Object.assign(new Error(`open: ${code}`), { code });
}

describe('requireResources', () => {
  test.each([
    ['EMFILE', 'descriptor'],
    ['ENFILE', 'descriptor'],
    ['EAGAIN', 'process'],
    ['ENOMEM', 'process'],
  ])('%s is a want of a %s', (errno, what) => {
    expect(() => requireResources(errno)).toThrow(
      expect.objectContaining({ code: 'HOST_RESOURCE_EXHAUSTED', details: { what, errno } }),
    );
  });

  test('other answers are not its business', () => {
    for (const errno of ['ENOENT', 'EACCES', 'E2BIG', 'it exited']) requireResources(errno);
  });
});

describe('nameExhaustion', () => {
  const path = '/sys/fs/cgroup/memory/x';
  const unread = (errno: string) =>
    new WarderError('CGROUP_READ_FAILED', 'cannot read', {
      details: { path, errno },
      cause: failed(errno),
    });

  test('finds it below another code, and keeps that as the cause', () => {
    const error = unread('EMFILE');
    expect(nameExhaustion(error)).toMatchObject({
      code: 'HOST_RESOURCE_EXHAUSTED',
      details: { what: 'descriptor', errno: 'EMFILE' },
      cause: error,
    });
    expect(nameExhaustion(failed('ENFILE'))).toMatchObject({ code: 'HOST_RESOURCE_EXHAUSTED' });
  });

  test('leaves everything else as it is', () => {
    // A cgroup file answers ENOMEM and EAGAIN for reasons of its own; a stdin is the requester's.
    const stdin = new WarderError('REQUEST_STDIN_FAILED', 'x', {
      details: { why: 'EMFILE' },
      cause: failed('EMFILE'),
    });
    for (const error of [unread('ENOMEM'), unread('EACCES'), stdin, failed('ENOENT'), 'text', undefined]) {
      expect(nameExhaustion(error)).toBe(error);
    }
  });
});
