import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safePath } from '#cli/safe-name.ts';

test.each([
  ['a/b c.txt', 'a/b c.txt'],
  ['é/日本.png', 'é/日本.png'],
  ['.profile', '.profile'],
  ['-rf', '%2drf'],
  ['a/~b', 'a/%7eb'],
  ['a-b~', 'a-b~'],
  ['100%', '100%25'],
  ['new\nline', 'new%0aline'],
  ['\u001b[2J', '%1b[2J'],
  ['\u009b', '%c2%9b'],
  ['\u202etxt.exe', '%e2%80%aetxt.exe'],
  ['a\\b', 'a%5cb'],
])('%j becomes %j', (path, safe) => {
  expect(safePath(path)).toBe(safe);
});

test.each(['', '/etc/passwd', '..', 'a/../b', './a', 'a//b', 'a/', 'x'.repeat(256), '\n'.repeat(86)])(
  '%j is refused',
  (path) => {
    expect(safePath(path)).toBeNull();
  },
);

test('no two names become one, and none is left that leads elsewhere or that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (path) => {
      const safe = safePath(path);
      if (safe === null) return;
      expect(decodeURIComponent(safe)).toBe(path);
      expect(safe).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(safe.split('/')).not.toContain('..');
    }),
  );
});
