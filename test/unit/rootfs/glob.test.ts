import { expect, test } from 'vitest';
import { globToRegExp, matcher } from '#rootfs/glob.ts';

test.each([
  ['/usr/lib/python3.11', '/usr/lib/python3.11', true],
  ['/usr/lib/python3.11', '/usr/lib/python3x11', false],
  ['/usr/lib/*', '/usr/lib/a', true],
  ['/usr/lib/*', '/usr/lib/a/b', false],
  ['/usr/lib/*', '/usr/lib', false],
  ['/usr/lib/**', '/usr/lib/a/b', true],
  ['/usr/lib/**', '/usr/lib', false],
  ['/usr/**/test', '/usr/test', true],
  ['/usr/**/test', '/usr/a/b/test', true],
  ['/usr/**/test', '/usr/a/b/tests', false],
  ['/usr/lib/gcc-[0-9][0-9]', '/usr/lib/gcc-12', true],
  ['/usr/lib/gcc-[0-9][0-9]', '/usr/lib/gcc-ab', false],
  ['/usr/bin/g++', '/usr/bin/g++', true],
  ['/usr/bin/g++', '/usr/bin/ggg', false],
  ['/usr/lib/lib*.so', '/usr/lib/libc.so.6', false],
])('%s and %s: %s', (pattern, path, expected) => {
  expect(globToRegExp(pattern).test(path)).toBe(expected);
  expect(matcher(['/nothing', pattern])(path)).toBe(expected);
});
