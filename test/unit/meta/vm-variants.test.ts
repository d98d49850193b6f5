/** The host variants of scripts/test-vm: a pattern that matches no file would be a test that nobody misses. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseOptions } from '../../../scripts/lib/vm/options.mjs';
import { filesOf, VARIANTS } from '../../../scripts/lib/vm/variants.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SURROUNDINGS = readFileSync(`${ROOT}/scripts/lib/vm/guest/surroundings.bash`, 'utf8');

function matches(pattern: string): boolean {
  if (!pattern.endsWith('/*.test.ts')) return existsSync(ROOT + pattern);
  return readdirSync(ROOT + dirname(pattern)).some((name) => name.endsWith('.test.ts'));
}

test.each(VARIANTS)('$name has surroundings, and a file for every pattern', (variant) => {
  expect(SURROUNDINGS).toContain(`\nin_${variant.name}() {`);
  for (const extent of ['core', 'all', 'full', 'chosen'] as const) {
    const files = filesOf(variant, extent);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((pattern) => !matches(pattern))).toEqual([]);
  }
});

test('with --all every file of test/vm runs on some variant, and the doctor on every host', () => {
  const listed = VARIANTS.flatMap((variant) => filesOf(variant, 'all'));
  const files = readdirSync(`${ROOT}/test/vm`).filter((name) => name.endsWith('.test.ts'));
  expect(files.filter((name) => !listed.includes(`test/vm/${name}`))).toEqual([]);
  const hosts = VARIANTS.filter(({ name }) => !name.startsWith('escape-'));
  for (const host of hosts) expect(filesOf(host, 'all')).toContain('test/vm/doctor.test.ts');
});

test.each([
  ['--variant hybrid --guest trixie', 'not to be had on trixie: hybrid'],
  ['--run true --shell', 'not both --run and --shell'],
  ['--shell -- test/vm/', 'not both --shell and arguments for vitest'],
  ['--variant users', 'unknown variant: users'],
  ['test/vm/', 'unexpected: test/vm/'],
])('%s: %s', (line, message) => {
  expect(() => parseOptions(line.split(' '))).toThrow(message);
});

test('nothing asked for: the main variants on one guest; --all: everything', () => {
  expect(parseOptions([])).toMatchObject({
    guests: ['bookworm'],
    variants: ['user', 'root'],
    extent: 'core',
  });
  expect(parseOptions(['--run', 'true']).variants).toEqual(['user']);
  const { guests, variants, extent } = parseOptions(['--all']);
  expect([guests.length, variants.length, extent]).toEqual([2, VARIANTS.length, 'all']);
});
