import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nativePath, openNative } from '#launch/native.ts';
import { describeWithNative } from '../../helpers/native.ts';

describe('the path of the native program', () => {
  test.each([
    ['x64', 'x86_64'],
    ['arm64', 'aarch64'],
  ])('for %s is in the directory %s', (arch, directory) => {
    const root = new URL('../../..', import.meta.url).pathname;
    expect(nativePath(arch)).toBe(`${root}dist/native/${directory}/warder-init`);
  });

  test('is by default that of this machine', () => {
    expect(nativePath()).toBe(nativePath(process.arch));
  });

  test.each(['riscv64', 'ia32', '', '__proto__', 'toString'])('does not exist for "%s"', (arch) => {
    expect(() => nativePath(arch)).toThrow(
      expect.objectContaining({ code: 'HOST_ARCH_UNSUPPORTED', details: { arch } }),
    );
  });
});

describeWithNative('the native program', () => {
  // Offset 18 of an ELF header is e_machine (elf(5)): 62 is EM_X86_64, 183 is EM_AARCH64.
  test('is made for this machine', async () => {
    const { path, handle } = await openNative();
    await handle.close();
    expect(readFileSync(path).readUInt16LE(18)).toBe(process.arch === 'arm64' ? 183 : 62);
  });
});
