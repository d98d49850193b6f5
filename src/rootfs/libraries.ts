import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { ElfInfo } from './elf.ts';
import type { SourceTree } from './source-tree.ts';

/** ld.so(8): what is searched without a cache; multiarch systems compile their own directories in. */
const TRIPLETS: Readonly<Record<string, string>> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };
const MAX_CONF_FILES = 256;

export interface FoundLibrary {
  /** Place inside, parents resolved. */
  readonly path: string;
  /** Whether the loader finds it in the finished tree, which has no cache, by itself. */
  readonly byDefault: boolean;
}

/** Where the dynamic loader would find libraries of a tree. */
export class LibraryFinder {
  readonly #tree: SourceTree;
  readonly #defaults: readonly string[];
  readonly #configured: readonly string[];

  private constructor(tree: SourceTree, defaults: readonly string[], configured: readonly string[]) {
    this.#tree = tree;
    this.#defaults = defaults;
    this.#configured = configured;
  }

  static async open(tree: SourceTree, arch: string = process.arch): Promise<LibraryFinder> {
    return new LibraryFinder(tree, defaultDirectories(arch), await configuredDirectories(tree));
  }

  /** The first default directory that exists: where a link makes the loader find any library. */
  async home(): Promise<string | undefined> {
    for (const directory of this.#defaults) {
      const place = await this.#tree.resolve(directory);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  /** @param from the file that needs it, and where that lies; undefined for a library that is opened at run time */
  async find(
    name: string,
    from?: { readonly elf: ElfInfo; readonly path: string },
  ): Promise<FoundLibrary | undefined> {
    if (name.includes('/')) return this.#in('', name, true);
    const own = from ? ownDirectories(from.elf, from.path) : [];
    for (const [directories, byDefault] of [
      [own, true],
      [this.#defaults, true],
      [this.#configured, false],
    ] as const) {
      for (const directory of directories) {
        const found = await this.#in(directory, name, byDefault);
        if (found) return found;
      }
    }
    return undefined;
  }

  async #in(directory: string, name: string, byDefault: boolean): Promise<FoundLibrary | undefined> {
    const path = await this.#tree.place(posix.join('/', directory, name));
    return path !== undefined && (await this.#tree.resolve(path)) !== undefined
      ? { path, byDefault }
      : undefined;
  }
}

function defaultDirectories(arch: string): readonly string[] {
  const triplet = TRIPLETS[arch];
  const multiarch = triplet === undefined ? [] : [`/lib/${triplet}`, `/usr/lib/${triplet}`];
  return [...multiarch, '/lib64', '/usr/lib64', '/lib', '/usr/lib'];
}

/** DT_RPATH counts only without DT_RUNPATH (ld.so(8)). */
function ownDirectories({ runpath, rpath }: ElfInfo, path: string): string[] {
  const origin = posix.dirname(path);
  return (runpath.length > 0 ? runpath : rpath)
    .map((directory) => directory.replace(/\$(?:ORIGIN|\{ORIGIN\})/g, origin))
    .filter((directory) => directory.startsWith('/') && !directory.includes('$'));
}

/** /etc/ld.so.conf with its `include` lines, one level deep as every distribution has it. */
async function configuredDirectories(tree: SourceTree): Promise<string[]> {
  const lines = await confLines(tree, '/etc/ld.so.conf');
  const nested = lines.map(async (line) => {
    const pattern = /^include\s+(\S+)$/.exec(line)?.[1];
    if (pattern === undefined) return line.startsWith('/') ? [line] : [];
    const files = await tree.expand(posix.resolve('/etc', pattern));
    const parts = await Promise.all(files.slice(0, MAX_CONF_FILES).map((file) => confLines(tree, file)));
    return parts.flat().filter((inner) => inner.startsWith('/'));
  });
  return (await Promise.all(nested)).flat();
}

async function confLines(tree: SourceTree, path: string): Promise<string[]> {
  const text = await readFile(tree.at(path), 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}
