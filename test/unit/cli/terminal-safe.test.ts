import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TerminalSafeDecoder, terminalSafe } from '#cli/terminal-safe.ts';

const decode = (...chunks: readonly Uint8Array[]): string => {
  const decoder = new TerminalSafeDecoder();
  return chunks.map((chunk) => decoder.push(chunk)).join('') + decoder.end();
};

test.each([
  ['plain text, ä and 😀\n', 'plain text, ä and 😀\n'],
  ['tab\tand progress 10%\r20%\r\n', 'tab\tand progress 10%\r20%\r\n'],
  ['\u001b[31mred\u001b[0m', '^[[31mred^[[0m'],
  ['\u001b]52;c;ZXZpbA==\u0007', '^[]52;c;ZXZpbA==^G'],
  ['back\bspace \u0000 \u007f', 'back^Hspace ^@ ^?'],
  ['\u009b31m and \u0085', '\\x9b31m and \\x85'],
  ['user\u202enimda\u2066\u200f\u061c', 'user\\u202enimda\\u2066\\u200f\\u061c'],
])('%j is shown as %j', (text, shown) => {
  expect(terminalSafe(text)).toBe(shown);
  expect(decode(Buffer.from(text))).toBe(shown);
});

test('a lone C1 byte is not UTF-8, and does not reach the terminal', () => {
  expect(decode(Buffer.from([0x41, 0x9b, 0x33, 0x31, 0x6d]))).toBe('A\ufffd31m');
});

test('a C1 character split between chunks is still seen', () => {
  expect(decode(Buffer.from([0xc2]), Buffer.from([0x9b]))).toBe('\\x9b');
});

test('an unfinished character at the end is shown as one', () => {
  expect(decode(Buffer.from([0x41, 0xf0, 0x9f]))).toBe('A\ufffd');
});

test('where the chunks are cut changes nothing', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, fc.array(fc.nat(40)), (whole, cuts) => {
      const bytes = Buffer.from(whole);
      const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const chunks = edges.slice(1).map((end, i) => bytes.subarray(edges[i], end));
      expect(decode(...chunks)).toBe(decode(bytes));
    }),
  );
});

test('nothing that a terminal obeys is left, and what is harmless is unchanged', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
      expect(decode(bytes)).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
    }),
  );
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i)).join('');
  expect(terminalSafe(ascii)).toBe(ascii);
});
