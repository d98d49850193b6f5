import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { readElfFile } from './elf-file.ts';
import { componentSource } from './glob.ts';
import type { LibraryFinder } from './libraries.ts';
import type { SourceTree } from './source-tree.ts';

export const COMMAND_DIRECTORIES = ['/usr/local/bin', '/usr/bin'] as const;
/** Links of merged systems (/bin → usr/bin) without which absolute paths in files lead nowhere. */
const TOP_LINKS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const MAX_ITEMS = 200_000;

const DPKG_INFO = '/var/lib/dpkg/info';

export type TreeItem =
  | { readonly kind: 'file'; readonly source: string; readonly executable: boolean }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'directory' };

interface CollectorInput {
  readonly tree: SourceTree;
  readonly libraries: LibraryFinder;
  readonly excluded: (path: string) => boolean;
  readonly preloaded: readonly string[];
}

/** Takes what it is asked for, and what that needs, into `items`; what is not to be found goes to `missing`. */
export class Collector {
  readonly items = new Map<string, TreeItem>();
  readonly missing: string[] = [];
  readonly #tree: SourceTree;
  readonly #libraries: LibraryFinder;
  readonly #excluded: (path: string) => boolean;

  readonly #preloaded: readonly string[];

  constructor(input: CollectorInput) {
    this.#tree = input.tree;
    this.#libraries = input.libraries;
    this.#excluded = input.excluded;
    this.#preloaded = input.preloaded;
  }

  async addCommand(command: string): Promise<void> {
    const place = await findCommand(this.#tree, command);
    if (place !== undefined) await this.#add(place);
  }

  async addPattern(pattern: string): Promise<void> {
    const optional = pattern.endsWith('?');
    const wanted = optional ? pattern.slice(0, -1) : pattern;
    const found = await this.#tree.expand(wanted);
    if (found.length === 0 && !optional) this.missing.push(wanted);
    for (const path of found) {
      const place = await this.#tree.place(path);
      if (place !== undefined) await this.#addAll(place);
    }
  }

  /** Every file that dpkg(1) noted for the packages. */
  async addPackage(pattern: string): Promise<void> {
    const optional = pattern.endsWith('?');
    const expression = new RegExp(
      `^${componentSource(optional ? pattern.slice(0, -1) : pattern)}(?::[a-z0-9]+)?\\.list$`,
    );
    const lists = (await this.#tree.names(DPKG_INFO)).filter((file) => expression.test(file));
    if (lists.length === 0 && !optional) this.missing.push(`the package ${pattern}`);
    for (const list of lists) {
      const text = await readFile(this.#tree.at(`${DPKG_INFO}/${list}`), 'utf8');
      for (const line of text.split('\n').filter((path) => path.startsWith('/'))) {
        const place = await this.#tree.place(line);
        const stat = place === undefined ? undefined : await this.#tree.stat(place);
        // Its directories are named too; they come with their files.
        if (place !== undefined && !stat?.isDirectory()) await this.#add(place);
      }
    }
  }

  async addLibrary(name: string): Promise<void> {
    const optional = name.endsWith('?');
    const wanted = optional ? name.slice(0, -1) : name;
    const found = await this.#libraries.find(wanted);
    if (found) await this.#addFound(wanted, found);
    else if (!optional) this.missing.push(`the library ${wanted}`);
  }

  /** The links of the top level, and away with links that lead to nothing of the tree. */
  async finish(): Promise<void> {
    const directories = new Set([...this.items.keys()].flatMap(parentsOf));
    const isThere = (path: string): boolean => this.items.has(path) || directories.has(path);
    for (const path of TOP_LINKS) {
      const stat = await this.#tree.stat(path);
      const target = stat?.isSymbolicLink() ? await this.#tree.resolve(path) : undefined;
      if (target !== undefined && isThere(target)) {
        this.items.set(path, { kind: 'link', to: posix.relative('/', target) });
      }
    }
    for (const [path, item] of this.items) {
      if (item.kind !== 'link') continue;
      const target = await this.#tree.resolve(path);
      if (target === undefined || !isThere(target)) this.items.delete(path);
    }
  }

  /** A directory with everything below it. */
  async #addAll(place: string): Promise<void> {
    const stat = await this.#tree.stat(place);
    if (!stat?.isDirectory()) return this.#add(place);
    if (this.#excluded(place)) return;
    this.items.set(place, { kind: 'directory' });
    for (const name of await this.#tree.names(place)) await this.#addAll(posix.join(place, name));
  }

  async #add(place: string): Promise<void> {
    if (this.items.has(place) || this.#excluded(place)) return;
    if (this.items.size >= MAX_ITEMS) throw new Error(`more than ${MAX_ITEMS} files`);
    const stat = await this.#tree.stat(place);
    if (stat?.isSymbolicLink()) return this.#addLink(place);
    if (!stat?.isFile()) return;
    this.items.set(place, {
      kind: 'file',
      source: this.#tree.at(place),
      executable: (stat.mode & 0o111) !== 0,
    });
    await this.#addNeeded(place);
  }

  async #addLink(place: string): Promise<void> {
    const real = await this.#tree.resolve(place);
    if (real === undefined) return;
    const next = (await this.#tree.linkTarget(place)) ?? real;
    // What update-alternatives points to is decided now: its directory is the host's business.
    const target = next.startsWith('/etc/alternatives/') ? real : next;
    this.items.set(place, { kind: 'link', to: posix.relative(posix.dirname(place), target) });
    await this.#add(target);
  }

  async #addNeeded(place: string): Promise<void> {
    const elf = readElfFile(this.#tree.at(place));
    if (elf === null) return;
    if (elf.interpreter !== null) {
      const loader = await this.#tree.place(elf.interpreter);
      if (loader === undefined) this.missing.push(`the loader ${elf.interpreter} of ${place}`);
      else await this.#add(loader);
    }
    for (const name of elf.needed) {
      if (this.#preloaded.includes(name)) continue;
      const found = await this.#libraries.find(name, { elf, path: place });
      if (found) await this.#addFound(name, found);
      else this.missing.push(`the library ${name} of ${place}`);
    }
  }

  /** A library from a directory that only the host's ld.so.cache knows gets a link where every loader looks. */
  async #addFound(name: string, { path, byDefault }: { path: string; byDefault: boolean }): Promise<void> {
    await this.#add(path);
    const home = byDefault ? undefined : await this.#libraries.home();
    if (home === undefined || this.items.has(`${home}/${name}`)) return;
    this.items.set(`${home}/${name}`, { kind: 'link', to: posix.relative(home, path) });
  }
}

/** The first place where it leads to something. */
export async function findCommand(tree: SourceTree, command: string): Promise<string | undefined> {
  const candidates = command.startsWith('/')
    ? await tree.expand(command)
    : COMMAND_DIRECTORIES.map((directory) => `${directory}/${command}`);
  for (const candidate of candidates) {
    const place = await tree.place(candidate);
    if (place !== undefined && (await tree.resolve(place)) !== undefined) return place;
  }
  return undefined;
}

/** Every directory above a path, but the root. */
export function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}
