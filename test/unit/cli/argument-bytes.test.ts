import { expect, test } from 'vitest';
import { damagedArgument } from '#cli/argument-bytes.ts';

test.each<[string, readonly string[], Buffer, string | undefined]>([
  ['plain', ['a', 'é'], Buffer.from([0xff]), undefined],
  ['written as U+FFFD', ['a', '\uFFFD'], Buffer.from('a\0\uFFFD\0'), undefined],
  ['a byte alone', ['a', 'b\uFFFD'], Buffer.from([0x61, 0, 0x62, 0xff, 0]), 'b\uFFFD'],
  ['a surrogate', ['\uFFFD\uFFFD\uFFFD'], Buffer.from([0xed, 0xa0, 0x80, 0]), '\uFFFD\uFFFD\uFFFD'],
  ['a character cut short', ['\uFFFD'], Buffer.from([0xc3, 0]), '\uFFFD'],
])('%s', (_, argv, bytes, damaged) => {
  expect(damagedArgument(argv, () => bytes)).toBe(damaged);
});

test('this process was started with text', () => expect(damagedArgument(process.argv)).toBeUndefined());
