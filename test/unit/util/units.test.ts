import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDurationMs, formatSizeBytes, parseDurationMs, parseSizeBytes } from '#util/units.ts';

const AMOUNT = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('durations', () => {
  test.each([
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['250ms', 250],
    ['1h', 3_600_000],
    [' 2 s ', 2000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  test.each(['', '30', 's', '-1s', '1S', '1e3s', '1.s', '.5s', '1s2', '1d', '99999999999999999h'])(
    'refuses %j',
    (text) => expect(parseDurationMs(text)).toBeUndefined(),
  );

  test.each([
    [0, '0ms'],
    [90_000, '90s'],
    [3_600_000, '1h'],
    [1, '1ms'],
  ])('%d ms is written %s', (ms, text) => expect(formatDurationMs(ms)).toBe(text));

  test('what is written is read back', () => {
    fc.assert(fc.property(AMOUNT, (ms) => parseDurationMs(formatDurationMs(ms)) === ms));
  });
});

describe('sizes', () => {
  test.each([
    ['512MiB', 512 * 1024 ** 2],
    ['1.5GiB', 1.5 * 1024 ** 3],
    ['64KiB', 65_536],
    ['100B', 100],
  ])('%s is %d bytes', (text, bytes) => expect(parseSizeBytes(text)).toBe(bytes));

  test.each(['512', '512MB', '512mib', '1TiB', 'MiB', '-1B', '8388608GiB'])('refuses %j', (text) =>
    expect(parseSizeBytes(text)).toBeUndefined(),
  );

  test('the largest exact unit is written', () => {
    expect(formatSizeBytes(1024 ** 3)).toBe('1GiB');
    expect(formatSizeBytes(1024 ** 3 + 1024)).toBe('1048577KiB');
    expect(formatSizeBytes(0)).toBe('0B');
  });

  test('what is written is read back', () => {
    fc.assert(fc.property(AMOUNT, (bytes) => parseSizeBytes(formatSizeBytes(bytes)) === bytes));
  });
});
