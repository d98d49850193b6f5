import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBackoff, killMembers, listMembers, listTree } from '#cgroup/kill.ts';
import { fakeGroup, fill, tempDirectory } from './fake-group.ts';

test('listTree names parents before children', async () => {
  const root = await tempDirectory();
  await mkdir(join(root, 'a/b'), { recursive: true });
  expect(await listTree([root])).toEqual([root, join(root, 'a'), join(root, 'a/b')]);
});

test('listMembers unites all groups and what is inside them', async () => {
  const first = await fakeGroup({ 'cgroup.procs': '5\n7\n' });
  const second = await fakeGroup({ 'cgroup.procs': '7\n' });
  await mkdir(join(second, 'inner'));
  await fill(join(second, 'inner'), { 'cgroup.procs': '9\n' });
  expect([...(await listMembers([first, second]))].sort()).toEqual([5, 7, 9]);
});

test('rounds go on until nobody is listed', async () => {
  const dir = await fakeGroup({ 'cgroup.procs': '0\n' });
  const rounds: number[] = [];
  const empty = await killMembers([dir], 5000, async (round) => {
    rounds.push(round);
    if (round === 2) await writeFile(join(dir, 'cgroup.procs'), '');
  });
  expect(empty).toBe(true);
  expect(rounds).toEqual([0, 1, 2]);
});

test('a backoff ends at its deadline', async () => {
  const pause = createBackoff(25);
  const startMs = performance.now();
  while (await pause());
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(24);
  expect(performance.now() - startMs).toBeLessThan(500);
});
