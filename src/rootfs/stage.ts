import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, open, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parentsOf, type TreeItem } from './collector.ts';
import { TarError } from './tar.ts';
import { checkLink, UNPACK_LIMITS } from './unpack.ts';

/** Copies at a time; more would only queue in Node's four threads. */
const CONCURRENCY = 16;

/** Makes the tree in `root`, an empty directory of ours. Extended attributes, and so file capabilities, stay behind. */
export async function stageItems(root: string, items: ReadonlyMap<string, TreeItem>): Promise<void> {
  const directories = new Set([...items.keys()].flatMap(parentsOf));
  for (const [path, { kind }] of items) if (kind === 'directory') directories.add(path);
  for (const path of [...directories].sort()) await mkdir(join(root, path), { recursive: true });
  await forEach([...items], CONCURRENCY, ([path, item]) => stageItem(join(root, path), item));
}

async function stageItem(path: string, item: TreeItem): Promise<void> {
  if (item.kind === 'link') await symlink(item.to, path);
  if (item.kind !== 'file') return;
  await copyRegular(item.source, path);
  await chmod(path, item.executable ? 0o755 : 0o644);
}

/**
 * The source may be a directory that somebody else changes at this moment. What is copied is the file that was opened, and
 * only if it really lies at that path: with a link put in place of any of its parents, the kernel names another one.
 * @param source without a link in it
 */
async function copyRegular(source: string, path: string): Promise<void> {
  const handle = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const own = `/proc/self/fd/${handle.fd}`;
    const moved = (await readlink(own)) !== source || !(await handle.stat()).isFile();
    if (moved) throw new TarError(`${source} was changed while it was copied`);
    await copyFile(own, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } finally {
    await handle.close();
  }
}

/** Everything below a directory of the user, as it is to be copied. @throws TarError as for an archive */
export async function itemsOfDirectory(directory: string): Promise<ReadonlyMap<string, TreeItem>> {
  const items = new Map<string, TreeItem>();
  const pending = [''];
  let bytes = 0;
  for (let inside = pending.pop(); inside !== undefined; inside = pending.pop()) {
    for (const name of await readdir(join(directory, inside))) {
      const path = `${inside}/${name}`;
      const stat = await lstat(join(directory, path));
      bytes += stat.size;
      if (items.size >= UNPACK_LIMITS.maxEntries) throw new TarError(`more than ${items.size} entries`);
      if (bytes > UNPACK_LIMITS.maxBytes) throw new TarError(`more than ${UNPACK_LIMITS.maxBytes} bytes`);
      if (stat.isDirectory()) {
        items.set(path, { kind: 'directory' });
        pending.push(path);
      } else if (stat.isSymbolicLink()) {
        items.set(path, { kind: 'link', to: checkLink(path, await readlink(join(directory, path))) });
      } else if (stat.isFile()) {
        const executable = (stat.mode & 0o111) !== 0;
        items.set(path, { kind: 'file', source: join(directory, path), executable });
      } else throw new TarError(`${JSON.stringify(path)} is neither file, directory nor link`);
    }
  }
  return items;
}

/** `work` for each item, at most `concurrency` at a time; the first failure stops the rest. */
export async function forEach<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
