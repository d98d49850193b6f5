import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheKey, type KeyParts } from '#compile/key.ts';
import { hostToolchain } from '#compile/toolchain.ts';

const PARTS: KeyParts = {
  language: 'c',
  argv: ['gcc', '-O2', './main.c'],
  env: { PATH: '/usr/bin', HOME: '/workspace' },
  files: [
    { path: 'main.c', content: Buffer.from('int main;'), mode: 0o644 },
    { path: 'a', content: Buffer.from('bc'), mode: 0o644 },
  ],
  rootfs: { name: 'c', sha256: '0'.repeat(64) },
  toolchain: ['/usr/bin/gcc 1 2 3'],
  policy: { limits: { memoryBytes: 1 } },
  filter: Uint8Array.of(1, 2),
};

test('is the same for the same, in whatever order variables come', () => {
  expect(cacheKey({ ...PARTS, env: { HOME: '/workspace', PATH: '/usr/bin' } })).toBe(cacheKey(PARTS));
  expect(cacheKey(PARTS)).toMatch(/^[0-9a-f]{64}$/);
});

test.each<[string, Partial<KeyParts>]>([
  ['language', { language: 'cpp' }],
  ['flag', { argv: ['gcc', '-O3', './main.c'] }],
  ['split of arguments', { argv: ['gcc -O2', './main.c'] }],
  ['variable', { env: { PATH: '/usr/bin', HOME: '/' } }],
  ['byte of a source', { files: [{ path: 'main.c', content: Buffer.from('int main:'), mode: 0o644 }] }],
  [
    'border between name and content',
    {
      files: [
        { path: 'main.c', content: Buffer.from('int main;'), mode: 0o644 },
        { path: 'ab', content: Buffer.from('c'), mode: 0o644 },
      ],
    },
  ],
  ['mode', { files: PARTS.files.map((file) => ({ ...file, mode: 0o755 })) }],
  ['order of files', { files: [...PARTS.files].reverse() }],
  ['tree', { rootfs: { name: 'c', sha256: '1'.repeat(64) } }],
  ['compiler', { toolchain: ['/usr/bin/gcc 1 2 4'] }],
  ['limit', { policy: { limits: { memoryBytes: 2 } } }],
  ['filter', { filter: Uint8Array.of(1, 3) }],
])('another %s is another key', (_, change) => {
  expect(cacheKey({ ...PARTS, ...change })).not.toBe(cacheKey(PARTS));
});

test('a compiler is another one when its file was replaced', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'warder-toolchain-'));
  try {
    const path = join(directory, 'cc');
    writeFileSync(path, 'one');
    const first = await hostToolchain(path);
    expect(await hostToolchain(path)).toEqual(first);
    utimesSync(path, 1, 1);
    expect(await hostToolchain(path)).not.toEqual(first);
    expect((await hostToolchain(join(directory, 'gone')))[0]).toMatch(/is not there$/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
