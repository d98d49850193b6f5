import { describe, expect, test } from 'vitest';
import {
  environmentValueCheck,
  hostnameCheck,
  idCheck,
  isAtOrBelow,
  mountSourceCheck,
  mountTargetCheck,
} from '#policy/name-checks.ts';

describe('mounts', () => {
  test.each(['/data', '/srv/a b', '/usrlocal', '/tmpx/y', '/opt/..x'])('%s is a target', (path) =>
    expect(mountTargetCheck(path)).toBeUndefined(),
  );
  test.each([
    '/',
    '/proc',
    '/proc/x',
    '/dev',
    '/dev/shm/x',
    '/sys',
    '/workspace',
    '/workspace/in',
    '/tmp/a',
    '/usr',
    '/usr/share/x',
    '/lib64',
    'data',
    '',
    '/a/../b',
    '/a/./b',
    '/a//b',
    '/a/',
    '//',
    '/a\0',
    '/a\nb',
    5,
    null,
  ])('%j is no target', (path) => expect(mountTargetCheck(path)).toBeDefined());

  test('a source may be any absolute path, the root too', () => {
    expect(mountSourceCheck('/')).toBeUndefined();
    expect(mountSourceCheck('/usr/share')).toBeUndefined();
    expect(mountSourceCheck('share')?.message).toBe('`share` is not an absolute path');
  });

  test('a directory is not above its namesakes', () => {
    expect(isAtOrBelow('/a/b', '/a')).toBe(true);
    expect(isAtOrBelow('/a', '/a')).toBe(true);
    expect(isAtOrBelow('/ab', '/a')).toBe(false);
  });
});

describe('identity', () => {
  test.each(['warder', 'a', 'a-b.c1', 'A'.repeat(63)])('%s is a host name', (name) =>
    expect(hostnameCheck(name)).toBeUndefined(),
  );
  test.each([
    '',
    '-a',
    'a-',
    'a..b',
    'a.',
    'a_b',
    'ä',
    'a'.repeat(64),
    `${'a'.repeat(40)}.${'b'.repeat(40)}`,
    5,
  ])('%j is no host name', (name) => expect(hostnameCheck(name)).toBeDefined());
  test.each([1, 1000, 65_534])('%d is an id', (id) => expect(idCheck(id)).toBeUndefined());
  test.each([-1, 65_535, 1.5, '1', null])('%j is no id', (id) =>
    expect(idCheck(id)?.message).toMatch(/1 to 65534/),
  );
  test('zero is refused by name', () => expect(idCheck(0)?.message).toMatch(/never uid or gid 0/));
});

test('environment values are any text without NUL', () => {
  expect(environmentValueCheck('a=b\nc')).toBeUndefined();
  expect(environmentValueCheck('')).toBeUndefined();
  expect(environmentValueCheck('a\0')?.message).toMatch(/NUL/);
  expect(environmentValueCheck(1)?.message).toMatch(/in quotes/);
});
