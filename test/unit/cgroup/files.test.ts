import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  cgroupVersionOf,
  listChildGroups,
  makeGroup,
  openGroupFileForWriting,
  openGroupFileIfPresent,
  readGroupFile,
  readGroupFileIfPresent,
  removeGroup,
  rereadGroupFile,
  rewriteGroupFile,
  writeGroupFile,
} from '#cgroup/files.ts';
import { contentOf, fakeGroup, tempDirectory } from './fake-group.ts';

test('a missing knob is never created', async () => {
  const dir = await tempDirectory();
  await expect(writeGroupFile(dir, 'pids.max', '5')).rejects.toMatchObject({
    code: 'CGROUP_WRITE_FAILED',
    message: `cannot write "5" to ${join(dir, 'pids.max')}: ENOENT`,
    details: { path: join(dir, 'pids.max'), data: '5', errno: 'ENOENT' },
  });
  await expect(openGroupFileForWriting(dir, 'tasks')).rejects.toMatchObject({ code: 'CGROUP_WRITE_FAILED' });
  expect(await openGroupFileIfPresent(dir, 'memory.peak', 'update')).toBeNull();
  expect(await readdir(dir)).toEqual([]);
});

test('symbolic links are not followed', async () => {
  const dir = await fakeGroup({ target: 'x\n' });
  await symlink('target', join(dir, 'link'));
  await expect(readGroupFile(dir, 'link')).rejects.toMatchObject({ details: { errno: 'ELOOP' } });
  await expect(writeGroupFile(dir, 'link', '1')).rejects.toMatchObject({ details: { errno: 'ELOOP' } });
  await expect(openGroupFileIfPresent(dir, 'link', 'update')).rejects.toMatchObject({
    details: { errno: 'ELOOP' },
  });
  expect(await contentOf(dir, 'target')).toBe('x\n');
});

test.each(['..', '.', '', '../x', 'a/b', '/etc', 'a\0b', '.hidden', 'a b', 'x'.repeat(256)])(
  'the component %j is refused before the file system is asked',
  async (name) => {
    const dir = await tempDirectory();
    const refused = { code: 'INTERNAL_BUG' };
    await expect(makeGroup(dir, name)).rejects.toMatchObject(refused);
    await expect(readGroupFile(dir, name)).rejects.toMatchObject(refused);
    await expect(readGroupFileIfPresent(dir, name)).rejects.toMatchObject(refused);
    await expect(writeGroupFile(dir, name, '1')).rejects.toMatchObject(refused);
  },
);

test('what was taken away under a supervisor is named, with what helps', async () => {
  const gone = join(await tempDirectory(), 'gone');
  await expect(makeGroup(gone, 'leaf')).rejects.toMatchObject({
    details: { errno: 'ENOENT' },
    hint: expect.stringContaining(`${gone} has been removed`),
  });
  const leaf = join(await tempDirectory(), 'leaf');
  await expect(openGroupFileForWriting(leaf, 'memory.max')).rejects.toMatchObject({
    code: 'CGROUP_WRITE_FAILED',
    hint: expect.stringContaining(`echo +memory > ${join(leaf, '..')}/cgroup.subtree_control`),
  });
});

test('an existing group is an error', async () => {
  const dir = await tempDirectory();
  expect(await makeGroup(dir, 'leaf')).toBe(join(dir, 'leaf'));
  await expect(makeGroup(dir, 'leaf')).rejects.toMatchObject({
    code: 'CGROUP_CREATE_FAILED',
    details: { path: join(dir, 'leaf'), errno: 'EEXIST' },
  });
});

test('removeGroup: gone, busy, or an error', async () => {
  const dir = await tempDirectory();
  await mkdir(join(dir, 'a/b'), { recursive: true });
  await writeFile(join(dir, 'file'), '');
  expect(await removeGroup(join(dir, 'a'))).toBe(false);
  expect(await removeGroup(join(dir, 'a/b'))).toBe(true);
  expect(await removeGroup(join(dir, 'a/b'))).toBe(true);
  await expect(removeGroup(join(dir, 'file'))).rejects.toMatchObject({
    code: 'CGROUP_REMOVE_FAILED',
    details: { errno: 'ENOTDIR' },
  });
});

test('readGroupFileIfPresent is null only for what is absent', async () => {
  const dir = await fakeGroup({ 'pids.peak': '3\n' });
  await mkdir(join(dir, 'directory'));
  expect(await readGroupFileIfPresent(dir, 'pids.peak')).toBe('3\n');
  expect(await readGroupFileIfPresent(dir, 'memory.peak')).toBeNull();
  await expect(readGroupFileIfPresent(dir, 'directory')).rejects.toMatchObject({
    details: { errno: 'EISDIR' },
  });
});

test('a file kept open is read anew from its beginning', async () => {
  const dir = await fakeGroup({ 'cpuacct.usage': '1\n' });
  const handle = await openGroupFileIfPresent(dir, 'cpuacct.usage');
  if (handle === null) throw new Error('not opened');
  try {
    expect(await rereadGroupFile(handle, 'cpuacct.usage')).toBe('1\n');
    await writeFile(join(dir, 'cpuacct.usage'), '22\n');
    expect(await rereadGroupFile(handle, 'cpuacct.usage')).toBe('22\n');
  } finally {
    await handle.close();
  }
});

test('a file kept open for updates is written, and read from its beginning', async () => {
  const dir = await fakeGroup({ 'memory.peak': '123\n' });
  const handle = await openGroupFileIfPresent(dir, 'memory.peak', 'update');
  if (handle === null) throw new Error('not opened');
  try {
    await rewriteGroupFile(handle, 'memory.peak', '9');
    expect(await rereadGroupFile(handle, 'memory.peak')).toBe('923\n');
  } finally {
    await handle.close();
  }
});

test('a write to a handle that could only be opened for reading names file, data and errno', async () => {
  const dir = await fakeGroup({ 'memory.peak': '123\n' });
  const handle = await openGroupFileIfPresent(dir, 'memory.peak');
  if (handle === null) throw new Error('not opened');
  try {
    await expect(rewriteGroupFile(handle, 'memory.peak', '0')).rejects.toMatchObject({
      code: 'CGROUP_WRITE_FAILED',
      details: { path: 'memory.peak', data: '0', errno: 'EBADF' },
    });
  } finally {
    await handle.close();
  }
});

test('listChildGroups lists directories, not files or links', async () => {
  const dir = await fakeGroup({ tasks: '' });
  await mkdir(join(dir, 'child'));
  await symlink('child', join(dir, 'link'));
  expect(await listChildGroups(dir)).toEqual([join(dir, 'child')]);
  await rm(dir, { recursive: true });
  expect(await listChildGroups(dir)).toEqual([]);
});

test('an ordinary directory is on no cgroup file system', async () => {
  expect(await cgroupVersionOf(await tempDirectory())).toBeNull();
  expect(await cgroupVersionOf('/nonexistent/group')).toBeNull();
});
