import { posix } from 'node:path';
import { readElfFile } from './elf-file.ts';
import { LibraryFinder } from './libraries.ts';
import { SourceTree } from './source-tree.ts';
import type { TreeEntry } from './types.ts';

/** Every program and library whose loader or libraries the finished tree lacks, in words. */
export async function missingLibraries(
  root: string,
  entries: readonly TreeEntry[],
  preloaded: readonly string[] = [],
): Promise<string[]> {
  const tree = new SourceTree(root);
  const libraries = await LibraryFinder.open(tree);
  const problems: string[] = [];
  for (const { path, type } of entries) {
    if (type !== 'file') continue;
    const elf = readElfFile(posix.join(root, path));
    if (elf === null) continue;
    const loader = elf.interpreter;
    if (loader !== null && (await tree.resolve(loader)) === undefined)
      problems.push(`${path} needs ${loader}`);
    for (const name of elf.needed) {
      const found = await libraries.find(name, { elf, path });
      if (!found && !preloaded.includes(name)) problems.push(`${path} needs ${name}`);
    }
  }
  return problems;
}
