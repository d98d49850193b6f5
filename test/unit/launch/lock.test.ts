import { chmod, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tryLockAll } from '#launch/lock.ts';
import { describeWithNative, NATIVE_PATH } from '../../helpers/native.ts';

let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'warder-test-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function fakeNative(name: string, script: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function withLockFile<T>(use: (handle: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> {
  const handle = await open(join(dir, 'any'), 'a');
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

test('no handles, no process', async () => {
  expect(await tryLockAll('/nonexistent', [])).toEqual([]);
});

test('a missing native program is named', async () => {
  await withLockFile((handle) =>
    expect(tryLockAll('/nonexistent/native', [handle])).rejects.toMatchObject({
      code: 'HOST_NATIVE_MISSING',
      details: { path: '/nonexistent/native' },
    }),
  );
});

test.each([
  ['a failure', 'exit 70', 'LAUNCH_SPAWN_FAILED'],
  ['too few answers', 'true', 'ENGINE_PROTOCOL'],
  ['too many answers', 'printf 11', 'ENGINE_PROTOCOL'],
  ['other answers', 'printf x', 'ENGINE_PROTOCOL'],
])('%s is an error, never a lock', async (name, script, code) => {
  const native = await fakeNative(name.replaceAll(' ', '-'), script);
  await withLockFile((handle) => expect(tryLockAll(native, [handle])).rejects.toMatchObject({ code }));
});

test('the helper gets the descriptors from 3 on, and no environment', async () => {
  const native = await fakeNative('echo', 'test "$*" = "lock 3 4" && test -z "$HOME" && printf 01');
  await withLockFile(async (handle) => {
    expect(await tryLockAll(native, [handle, handle])).toEqual([false, true]);
  });
});

describeWithNative('with the native program', () => {
  test('a lock excludes other handles until it is closed', async () => {
    const path = join(dir, 'lock');
    const [first, second, other] = [
      await open(path, 'a'),
      await open(path, 'a'),
      await open(`${path}2`, 'a'),
    ];
    expect(await tryLockAll(NATIVE_PATH, [first])).toEqual([true]);
    expect(await tryLockAll(NATIVE_PATH, [second, other])).toEqual([false, true]);
    await first.close();
    expect(await tryLockAll(NATIVE_PATH, [second])).toEqual([true]);
    await Promise.all([second.close(), other.close()]);
  });

  test('a hundred handles in one call', async () => {
    const names = Array.from({ length: 100 }, (_, index) => join(dir, `many-${index}`));
    const handles = await Promise.all(names.map((name) => open(name, 'a')));
    const expected = names.map(() => true);
    expect(await tryLockAll(NATIVE_PATH, handles)).toEqual(expected);
    await Promise.all(handles.map((handle) => handle.close()));
  });
});
