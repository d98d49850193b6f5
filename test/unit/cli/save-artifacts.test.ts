import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openOut, saveArtifacts } from '#cli/save-artifacts.ts';
import type { RunResult } from '#index.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'warder-out-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

async function save(...files: readonly (readonly [path: string, data: string, mode?: string])[]) {
  const artifacts = files.map(([path, data, mode = '0644']) => ({
    path,
    bytes: data.length,
    sha256: '',
    mode,
    data,
    encoding: 'utf8',
  }));
  const directory = join(base, 'out');
  const out = await openOut(directory);
  try {
    const result = { artifacts, artifactsRefused: [{ path: 'x', why: 'fifo' }] } as unknown as RunResult;
    const saved = await saveArtifacts(result, out, directory);
    expect(saved.artifacts.some((artifact) => 'data' in artifact || 'encoding' in artifact)).toBe(false);
    return {
      savedTo: saved.artifacts.map(({ savedTo }) => savedTo?.slice(directory.length + 1)),
      refused: saved.artifactsRefused.map(({ path, why }) => `${path} ${why}`).slice(1),
    };
  } finally {
    await out.close();
  }
}
const read = (path: string) => readFileSync(join(base, path), 'utf8');

test('files in directories, with safe names, readable whatever their mode', async () => {
  const saved = await save(['a/b/c.txt', 'c'], ['-x\n', 'x', '0755'], ['closed', 'y', '0000']);
  expect(saved).toEqual({ savedTo: ['a/b/c.txt', '%2dx%0a', 'closed'], refused: [] });
  expect([read('out/a/b/c.txt'), read('out/%2dx%0a'), read('out/closed')]).toEqual(['c', 'x', 'y']);
  expect(statSync(join(base, 'out/%2dx%0a')).mode & 0o100).toBe(0o100);
  expect(statSync(join(base, 'out/closed')).mode & 0o777).toBe(0o600);
});

test('nothing that exists is touched, and no link is followed', async () => {
  mkdirSync(join(base, 'out'));
  mkdirSync(join(base, 'elsewhere'));
  writeFileSync(join(base, 'out/old'), 'old');
  symlinkSync(join(base, 'elsewhere'), join(base, 'out/dir'));
  symlinkSync(join(base, 'elsewhere/made'), join(base, 'out/link'));
  const saved = await save(['old', 'new'], ['dir/x', 'x'], ['link', 'x'], ['old/below', 'x'], ['fine', 'f']);
  expect(saved.refused).toEqual(['old exists', 'dir/x exists', 'link exists', 'old/below exists']);
  expect(saved.savedTo).toEqual(['fine']);
  expect(read('out/old')).toBe('old');
  expect(() => read('elsewhere/made')).toThrow('ENOENT');
  expect(() => read('elsewhere/x')).toThrow('ENOENT');
});

test('a name that cannot be', async () => {
  expect((await save(['../a', 'x'], [`${'\n'.repeat(100)}`, 'x'])).refused).toEqual([
    '../a name',
    `${'\n'.repeat(100)} name`,
  ]);
});

test('a place that is no directory is said before anything runs', async () => {
  writeFileSync(join(base, 'out'), '');
  await expect(openOut(join(base, 'out'))).rejects.toThrow(/--out: cannot use the directory/);
});
