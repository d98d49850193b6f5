import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureRuntimeDir, resolveRuntimeDir } from '#launch/runtime-dir.ts';

const uid = process.getuid?.() ?? 0;
let parent = '';

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'warder-test-'));
});
afterEach(() => rm(parent, { recursive: true }));

test.each([
  [{ uid: 0, env: { XDG_RUNTIME_DIR: '/run/user/0' } }, '/run/warder'],
  [{ uid: 1000, env: { XDG_RUNTIME_DIR: '/run/user/1000' } }, '/run/user/1000/warder'],
  [{ uid: 1000, env: { XDG_RUNTIME_DIR: 'relative' } }, '/tmp/warder-1000'],
  [{ uid: 1000, env: { XDG_RUNTIME_DIR: '' } }, '/tmp/warder-1000'],
  [{ uid: 1000, env: {} }, '/tmp/warder-1000'],
])('%j resolves to %s', (input, expected) => {
  expect(resolveRuntimeDir(input)).toBe(expected);
});

test('it is made private, and found again', async () => {
  const path = join(parent, 'warder');
  expect(await ensureRuntimeDir(path, uid)).toBe(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect(await ensureRuntimeDir(path, uid)).toBe(path);
});

test('a directory that others can enter is refused, with the way out', async () => {
  const path = join(parent, 'warder');
  await mkdir(path);
  await chmod(path, 0o711);
  await expect(ensureRuntimeDir(path, uid)).rejects.toMatchObject({
    code: 'HOST_RUNTIME_DIR',
    details: { path, why: 'its mode is 0711, not 0700' },
    hint: `chmod 0700 ${path}`,
  });
});

test('a directory of somebody else is refused', async () => {
  const path = join(parent, 'warder');
  await mkdir(path, 0o700);
  const refused = { code: 'HOST_RUNTIME_DIR', details: { why: `it belongs to uid ${uid}, not ${uid + 1}` } };
  await expect(ensureRuntimeDir(path, uid + 1)).rejects.toMatchObject(refused);
});

test.skipIf(uid !== 0)('root refuses a directory that another user has made first (needs root)', async () => {
  const path = join(parent, 'warder');
  await mkdir(path, 0o700);
  await chown(path, 12345, 12345);
  await expect(ensureRuntimeDir(path, 0)).rejects.toMatchObject({ code: 'HOST_RUNTIME_DIR' });
});

test('a symbolic link is refused even when it leads to a good directory', async () => {
  await mkdir(join(parent, 'good'), 0o700);
  await symlink('good', join(parent, 'warder'));
  await expect(ensureRuntimeDir(join(parent, 'warder'), uid)).rejects.toMatchObject({
    code: 'HOST_RUNTIME_DIR',
    details: { why: expect.stringContaining('not a directory') },
  });
});

test('a file and a missing parent are refused', async () => {
  await writeFile(join(parent, 'warder'), '');
  await expect(ensureRuntimeDir(join(parent, 'warder'), uid)).rejects.toMatchObject({
    code: 'HOST_RUNTIME_DIR',
  });
  await expect(ensureRuntimeDir(join(parent, 'no/warder'), uid)).rejects.toMatchObject({
    code: 'HOST_RUNTIME_DIR',
    details: { why: 'ENOENT' },
    hint: `make ${join(parent, 'no')} writable for uid ${uid}`,
  });
});
