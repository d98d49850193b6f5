import { expect, test } from 'vitest';
import { ulid } from '#util/ulid.ts';

test('26 characters of Crockford’s alphabet', () => {
  expect(ulid()).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
});

test.each([
  [0, '0000000000'],
  [1, '0000000001'],
  [32, '0000000010'],
  [1_469_918_176_385, '01ARYZ6S41'], // the example of the specification
  [2 ** 48 - 1, '7ZZZZZZZZZ'],
])('the time %d is %s', (ms, text) => expect(ulid(ms).slice(0, 10)).toBe(text));

test('the rest is random', () => {
  expect(new Set(Array.from({ length: 1000 }, () => ulid(0))).size).toBe(1000);
});

test('later ones sort behind', () => {
  const times = [1, 31, 32, 1000, 1_700_000_000_000, 1_800_000_000_000];
  const ids = times.map((ms) => ulid(ms));
  expect([...ids].sort()).toEqual(ids);
});
