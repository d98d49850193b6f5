import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepLeaves } from '#cgroup/sweep-leaves.ts';
import { tempDirectory } from './fake-group.ts';

test('a parent that is gone holds nothing', async () => {
  expect(await sweepLeaves('/nonexistent/group', 'warder-a-', 100)).toEqual({ removed: [], failed: [] });
});

test('nothing is removed outside a cgroup file system', async () => {
  const parent = await tempDirectory();
  await mkdir(join(parent, 'warder-a-1'));
  expect(await sweepLeaves(parent, 'warder-a-', 100)).toEqual({
    removed: [],
    failed: [{ path: parent, why: 'not on a cgroup file system' }],
  });
  expect(await readdir(parent)).toEqual(['warder-a-1']);
});

test.each(['', 'w', 'warder-', 'warder-a', 'warder-*-', 'system-a-'])(
  'the prefix %j is refused',
  async (prefix) => {
    const { removed, failed } = await sweepLeaves('/sys/fs/cgroup', prefix, 100);
    expect(removed).toEqual([]);
    expect(failed).toHaveLength(1);
  },
);
