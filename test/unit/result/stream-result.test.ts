import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toStreamResult } from '#result/stream-result.ts';

const whole = (bytes: readonly number[]) => toStreamResult(Buffer.from(bytes), false);
const cut = (bytes: readonly number[]) => toStreamResult(Buffer.from(bytes), true);

describe('text', () => {
  test('nothing is text', () => {
    expect(whole([])).toEqual({ data: '', encoding: 'utf8', bytes: 0, truncated: false });
    expect(cut([])).toEqual({ data: '', encoding: 'utf8', bytes: 0, truncated: true });
  });
  test('a byte order mark and NUL are kept', () => {
    expect(whole([0xef, 0xbb, 0xbf, 0x61, 0])).toEqual({
      data: '\ufeffa\0',
      encoding: 'utf8',
      bytes: 5,
      truncated: false,
    });
  });
});

describe('a cut inside a character', () => {
  const TEXT = Buffer.from('aé€😀');
  // Bytes that are left of the first n: whole characters only.
  test.each([
    [1, 'a'],
    [2, 'a'],
    [3, 'aé'],
    [4, 'aé'],
    [5, 'aé'],
    [6, 'aé€'],
    [7, 'aé€'],
    [8, 'aé€'],
    [9, 'aé€'],
    [10, 'aé€😀'],
  ])('after %d bytes leaves %j', (length, data) => {
    const bytes = Buffer.byteLength(data);
    const result = toStreamResult(TEXT.subarray(0, length), true);
    expect(result).toEqual({ data, encoding: 'utf8', bytes, truncated: true });
  });

  test('without a cut an unfinished character is not text', () => {
    expect(whole([0x61, 0xc3])).toEqual({ data: 'YcM=', encoding: 'base64', bytes: 2, truncated: false });
  });
});

describe('what is not UTF-8 stays as it is, cut or not', () => {
  test.each([
    ['a lone continuation', [0x80]],
    ['a byte that never occurs', [0x61, 0xff]],
    ['an overlong form', [0xc0, 0xaf]],
    ['an overlong beginning', [0x61, 0xe0, 0x80]],
    ['the beginning of a surrogate', [0x61, 0xed, 0xa0]],
    ['beyond U+10FFFF', [0x61, 0xf4, 0x90]],
    ['wrong in the middle', [0x61, 0xff, 0x62]],
    ['wrong before an unfinished character', [0xff, 0xe2, 0x82]],
  ])('%s', (_, bytes) => {
    const data = Buffer.from(bytes).toString('base64');
    for (const result of [whole(bytes), cut(bytes)]) {
      expect(result).toMatchObject({ data, encoding: 'base64', bytes: bytes.length });
    }
  });
});

describe('properties', () => {
  const anyBytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
  const decode = ({ data, encoding }: ReturnType<typeof toStreamResult>): Buffer =>
    Buffer.from(data, encoding);

  test('data decodes to the first `bytes` bytes; all of them but the rest of one character', () => {
    fc.assert(
      fc.property(anyBytes, fc.boolean(), (kept, truncated) => {
        const result = toStreamResult(kept, truncated);
        expect(decode(result)).toEqual(kept.subarray(0, result.bytes));
        expect(kept.length - result.bytes).toBeLessThanOrEqual(truncated ? 3 : 0);
        expect(result.truncated).toBe(truncated);
      }),
    );
  });

  test('text that is cut anywhere is still text', () => {
    const text = fc.tuple(fc.string({ unit: 'binary' }), fc.nat());
    fc.assert(
      fc.property(text, ([string, at]) => {
        const bytes = Buffer.from(string);
        const result = toStreamResult(bytes.subarray(0, at % (bytes.length + 1)), true);
        expect(result.encoding).toBe('utf8');
        expect(string.startsWith(result.data)).toBe(true);
      }),
    );
  });
});
