import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listDisks } from '#host/disks.ts';
import { tempDirectory } from '../cgroup/fake-group.ts';

async function disk(root: string, name: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(root, name));
  for (const [file, text] of Object.entries(files)) await writeFile(join(root, name, file), text);
}

test('every disk with a size; not what nothing is attached to, nor paths without a number', async () => {
  const root = await tempDirectory();
  await disk(root, 'vda', { dev: '254:0\n', size: '536870912\n' });
  await disk(root, 'dm-0', { dev: '253:0\n', size: '8\n' });
  await disk(root, 'loop0', { dev: '7:0\n', size: '0\n' });
  await disk(root, 'nvme0c0n1', { size: '8\n' });
  expect(await listDisks(root)).toEqual(['253:0', '254:0']);
});

test('none where sysfs is not there', async () => {
  expect(await listDisks('/nowhere')).toEqual([]);
});
