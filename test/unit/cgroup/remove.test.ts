import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeGroups } from '#cgroup/remove.ts';
import { tempDirectory } from './fake-group.ts';

const nothing = async (): Promise<void> => undefined;

test('groups made inside are removed depth-first', async () => {
  const leaf = join(await tempDirectory(), 'leaf');
  await mkdir(join(leaf, 'a/b'), { recursive: true });
  await mkdir(join(leaf, 'c'));
  await removeGroups([leaf], 1000, nothing);
  await expect(access(leaf)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('files are never unlinked', async () => {
  const leaf = join(await tempDirectory(), 'leaf');
  await mkdir(leaf);
  await writeFile(join(leaf, 'precious'), 'x');
  await expect(removeGroups([leaf], 20, nothing)).rejects.toMatchObject({ code: 'CGROUP_REMOVE_FAILED' });
  await access(join(leaf, 'precious'));
});

test('what keeps a group busy is killed, and the removal tried again', async () => {
  const leaf = join(await tempDirectory(), 'leaf');
  await mkdir(leaf);
  await writeFile(join(leaf, 'process'), '');
  let kills = 0;
  await removeGroups([leaf], 2000, async () => {
    kills++;
    if (kills === 2) await rm(join(leaf, 'process'));
  });
  expect(kills).toBe(2);
});

test('an idle group is removed without killing anything', async () => {
  const leaf = join(await tempDirectory(), 'leaf');
  await mkdir(leaf);
  await removeGroups([leaf], 1000, () => Promise.reject(new Error('killed')));
});
