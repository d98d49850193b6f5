import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseArgument } from '#seccomp/argument.ts';

function value(text: string, arch: 'x86_64' | 'aarch64' = 'x86_64'): bigint | string {
  const parsed = parseArgument(arch, text);
  return parsed.ok ? parsed.value : parsed.message;
}

describe('arguments as people write them', () => {
  test.each([
    ['AF_VSOCK', 40n],
    ['40', 40n],
    ['0x28', 40n],
    ['-1', (1n << 64n) - 1n],
    ['SOCK_STREAM|SOCK_CLOEXEC', 0x80001n],
    ['AF_UNIX | 1<<32', (1n << 32n) | 1n],
    ['1<<63', 1n << 63n],
    ['TIOCSTI', 0x5412n],
    ['18446744073709551615', (1n << 64n) - 1n],
  ])('%s', (text, expected) => expect(value(text)).toBe(expected));

  test('a name can have another value on another architecture', () => {
    expect([value('O_DIRECT'), value('O_DIRECT', 'aarch64')]).toEqual([0x4000n, 0x10000n]);
  });

  test.each(['', '1.5', 'AF_', '1<<64', '1<<2<<3', '0x', '|', '18446744073709551616', 'toString'])(
    'refused: %j',
    (text) => expect(parseArgument('x86_64', text).ok).toBe(false),
  );

  test('a typing error gets a suggestion', () => {
    expect(parseArgument('x86_64', 'AF_VSOK')).toMatchObject({ ok: false, suggestion: 'AF_VSOCK' });
  });

  test('the checked-in values are those of this machine’s headers', () => {
    const generator = fileURLToPath(new URL('../../../scripts/generate-constants', import.meta.url));
    const { status, stderr } = spawnSync(generator, ['--check'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
