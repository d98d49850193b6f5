import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteBuffer } from '#util/byte-buffer.ts';

test('what was appended is what is there', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 20 }), (parts) => {
      const buffer = new ByteBuffer();
      for (const part of parts) buffer.append(part);
      expect(buffer.view().equals(Buffer.concat(parts))).toBe(true);
    }),
  );
});

test('parts are copied', () => {
  const buffer = new ByteBuffer();
  const part = Buffer.from('abc');
  buffer.append(part);
  part.fill(0);
  expect(buffer.view().toString()).toBe('abc');
});

test('a million single bytes cost about a megabyte', () => {
  const before = process.memoryUsage();
  const buffer = new ByteBuffer();
  const one = Buffer.from('x');
  for (let i = 0; i < 1_000_000; i++) buffer.append(one);
  const after = process.memoryUsage();
  expect(buffer.view()).toHaveLength(1_000_000);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(8 * 1024 ** 2);
});
