import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseElf } from '#rootfs/elf.ts';
import { readElfFile } from '#rootfs/elf-file.ts';

const source = (bytes: Uint8Array) => ({
  read: (offset: number, length: number) =>
    offset >= 0 && length > 0 ? bytes.subarray(offset, offset + length) : new Uint8Array(),
});

describe('a program of this host', () => {
  const elf = readElfFile(process.execPath);

  test('has the loader and the libraries that ldd(1) shows', () => {
    const shown = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
    expect(elf?.needed.length).toBeGreaterThan(0);
    for (const name of elf?.needed ?? []) expect(shown).toContain(name);
    expect(shown).toContain(elf?.interpreter ?? 'no interpreter');
  });
});

describe('what is no program', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['a script', Buffer.from('#!/bin/sh\n'.repeat(20))],
    ['a 32-bit program', Buffer.from(`\u007fELF\u0001\u0001${'\0'.repeat(90)}`, 'latin1')],
    [
      'a header that promises a table beyond the end',
      withHeader((view) => view.setBigUint64(32, 2n ** 60n, true)),
    ],
    ['a header that promises too many entries', withHeader((view) => view.setUint16(56, 60_000, true))],
  ])('%s is null', (_, bytes) => {
    expect(parseElf(source(bytes))).toBeNull();
  });

  function withHeader(change: (view: DataView) => void): Uint8Array {
    const bytes = new Uint8Array(readFileSync(process.execPath).subarray(0, 4096));
    change(new DataView(bytes.buffer));
    return bytes;
  }
});

test('bytes that are changed anywhere never throw, and reads stay within bounds of reason', () => {
  const original = readFileSync('/usr/bin/env').subarray(0, 32_768);
  const change = fc.tuple(fc.nat(original.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
      const bytes = Uint8Array.from(original);
      // Half of the changes go where headers and the dynamic section are.
      for (const [at, value] of changes) bytes[at % 2 === 0 ? at % 1024 : at] = value;
      const elf = parseElf(source(bytes));
      expect(elf === null || elf.needed.every((name) => name.length <= 4096)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
