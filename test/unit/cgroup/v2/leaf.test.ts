import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createV2Leaf } from '#cgroup/v2/leaf.ts';
import { contentOf, fakeGroup } from '../fake-group.ts';
import { V2_GROUP } from '../fixtures.ts';

async function fakeLeaf() {
  const dir = await fakeGroup(V2_GROUP);
  return { dir, leaf: createV2Leaf('warder-a-1', dir) };
}

test('processes join through cgroup.procs', async () => {
  const { dir, leaf } = await fakeLeaf();
  expect(leaf.joinPaths).toEqual([join(dir, 'cgroup.procs')]);
});

test('kill is one write, and waits for the group to be empty', async () => {
  const { dir, leaf } = await fakeLeaf();
  expect(await leaf.kill()).toBe(true);
  expect(await contentOf(dir, 'cgroup.kill')).toBe('1');
  await writeFile(join(dir, 'cgroup.events'), 'populated 1\nfrozen 0\n');
  expect(await leaf.kill(30)).toBe(false);
});

test('without cgroup.kill the processes are killed one by one', async () => {
  const { dir, leaf } = await fakeLeaf();
  await rm(join(dir, 'cgroup.kill'));
  expect(await leaf.kill()).toBe(true);
  await writeFile(join(dir, 'cgroup.procs'), `${process.pid}\n`);
  expect(await leaf.kill(30)).toBe(false);
});
