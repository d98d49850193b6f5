import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ARCHES } from '#seccomp/ir.ts';
import { isSyscallName, syscallName, syscallNames, syscallNumber } from '#seccomp/syscalls.ts';
import { gate } from '../../helpers/gate.ts';

describe('the tables', () => {
  test.each([
    ['x86_64', 'read', 0],
    ['x86_64', 'socket', 41],
    ['x86_64', 'seccomp', 317],
    ['x86_64', 'clone3', 435],
    ['aarch64', 'read', 63],
    ['aarch64', 'fcntl', 25],
    ['aarch64', 'clone', 220],
  ] as const)('%s knows %s as %i', (arch, name, number) => {
    expect(syscallNumber(arch, name)).toBe(number);
    expect(syscallName(arch, number)).toBe(name);
  });

  test('know no number twice', () => {
    for (const arch of ARCHES) {
      const numbers = syscallNames(arch).map((name) => syscallNumber(arch, name));
      expect(new Set(numbers).size).toBe(numbers.length);
    }
  });

  test('answer undefined for what they do not have', () => {
    expect(syscallNumber('aarch64', 'open')).toBeUndefined();
    expect(syscallNumber('x86_64', 'toString')).toBeUndefined();
    expect(syscallName('x86_64', 1023)).toBeUndefined();
    expect(isSyscallName('open')).toBe(true);
    expect(isSyscallName('hasOwnProperty')).toBe(false);
  });
});

const VERSION_HEADERS = ['/usr/include/linux/version.h', '/usr/aarch64-linux-gnu/include/linux/version.h'];
const absent = VERSION_HEADERS.filter((path) => !existsSync(path));
const reason = `${absent.join(', ')} not there (Debian: linux-libc-dev, linux-libc-dev-arm64-cross)`;

gate(
  'kernel headers',
  absent.length === 0,
  reason,
)('the generator', () => {
  test('makes these tables from the headers of this machine, for both architectures', () => {
    const generator = new URL('../../../scripts/generate-syscalls', import.meta.url).pathname;
    const output = execFileSync(process.execPath, [generator, '--check'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(output).not.toContain('differs');
    expect(output).not.toContain('not checked');
  });
});
