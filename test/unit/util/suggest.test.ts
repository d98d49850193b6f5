import { expect, test } from 'vitest';
import { suggest } from '#util/suggest.ts';

test.each([
  ['memroy', 'memory'],
  ['MEMORY', 'memory'],
  ['memor', 'memory'],
  ['wal', 'wall'],
  ['wlal', 'wall'],
])('%s is taken for %s', (word, meant) => expect(suggest(word, ['cpu', 'wall', 'memory'])).toBe(meant));

test.each(['xyz', 'disk', ''])('%j is near nothing', (word) =>
  expect(suggest(word, ['wall', 'memory'])).toBeUndefined(),
);

test('the nearest of several is taken', () => {
  expect(suggest('stdouts', ['stderrs', 'stdout'])).toBe('stdout');
});

test('a word of a megabyte is answered at once', () => {
  const start = performance.now();
  expect(suggest('a'.repeat(1024 * 1024), ['memory', 'wall'])).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(100);
});
