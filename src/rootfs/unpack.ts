/**
 * Archives to a directory, with the archive as the enemy. Entries are first put into a table in memory, in which names
 * and links are resolved; contents go to numbered files aside. Only when the table is complete is the tree made: first
 * directories, then files, and links last of all. So no byte is ever written through a link of the archive, whatever
 * it says, and nothing here needs the kernel to resolve a name of its choice.
 */
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parentsOf } from './collector.ts';
import { readTar, type TarEntry, TarError } from './tar.ts';

export interface UnpackLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = { maxEntries: 200_000, maxBytes: 8 * 1024 ** 3 };

/** `layer`: whiteouts of the OCI image specification remove what lower layers brought, and names may come again. */
export interface LayerOptions {
  readonly layer: boolean;
  /** Device nodes, sockets and FIFOs: an error, or left out where the archive is our own package tool's. */
  readonly specials: 'refuse' | 'skip';
}

type Node =
  | { readonly kind: 'directory' }
  | { readonly kind: 'file'; readonly blob: string; readonly mode: number }
  | { readonly kind: 'link'; readonly to: string };

const MAX_PATH_BYTES = 4095;
const MAX_NAME_BYTES = 255;
const MAX_LINKS = 40;
const MERGED = ['bin', 'sbin', 'lib', 'lib64'];
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** A tree that is being put together from one archive or from layers of them. */
export class Unpacker {
  readonly #nodes = new Map<string, Node>();
  readonly #spool: string;
  readonly #limits: UnpackLimits;
  #entries = 0;
  #bytes = 0;
  #blobs = 0;
  #merged = false;

  /** @param spool an empty directory that nobody else can write to, on the file system of the later tree */
  constructor(spool: string, limits: UnpackLimits = UNPACK_LIMITS) {
    this.#spool = spool;
    this.#limits = limits;
  }

  /** Makes /bin and its kin links into /usr, as usrmerge(7) does; packages of older layouts then land there. */
  mergeUsr(): void {
    for (const name of MERGED) this.#nodes.set(`/${name}`, { kind: 'link', to: `usr/${name}` });
    this.#merged = true;
  }

  /** @throws TarError for an archive that is broken, too large, or wants what no tree may have */
  async add(stream: Readable, options: LayerOptions): Promise<void> {
    const own = new Set<string>();
    for await (const entry of readTar(stream)) {
      this.#entries += 1;
      if (this.#entries > this.#limits.maxEntries)
        throw new TarError(`more than ${this.#limits.maxEntries} entries`);
      const written = cleanPath(entry.path);
      if (written !== '/') await this.#addEntry(entry, written, { ...options, own });
    }
  }

  /** Makes the tree in `root`, which has to be an empty directory of ours. */
  async place(root: string): Promise<void> {
    const all = [...this.#nodes].sort(([a], [b]) => (a < b ? -1 : 1));
    const directories = new Set(all.flatMap(([path, { kind }]) => (kind === 'directory' ? [path] : [])));
    for (const [path] of all) for (const parent of parentsOf(path)) directories.add(parent);
    for (const path of [...directories].sort()) await mkdir(join(root, path), { recursive: false });
    const used = new Set<string>();
    for (const [path, node] of all) {
      if (node.kind !== 'file') continue;
      // The first name takes the content, further names of a hard link get copies.
      if (used.has(node.blob)) await copyFile(this.#firstPlace(all, node.blob, root), join(root, path));
      else await rename(node.blob, join(root, path));
      used.add(node.blob);
    }
    for (const [path, node] of all) if (node.kind === 'link') await symlink(node.to, join(root, path));
  }

  /** Path → mode, of every file. */
  modes(): ReadonlyMap<string, number> {
    return new Map(
      [...this.#nodes].flatMap(([path, node]) => (node.kind === 'file' ? [[path, node.mode]] : [])),
    );
  }

  #firstPlace(all: readonly (readonly [string, Node])[], blob: string, root: string): string {
    const [path] = all.find(([, node]) => node.kind === 'file' && node.blob === blob) ?? [''];
    return join(root, path);
  }

  async #addEntry(
    entry: TarEntry,
    written: string,
    options: LayerOptions & { own: Set<string> },
  ): Promise<void> {
    const parent = this.#resolveDirectory(posix.dirname(written));
    const name = posix.basename(written);
    if (options.layer && name.startsWith(WHITEOUT)) return this.#whiteout(parent, name, options.own);
    const path = posix.join(parent, name);
    const before = this.#nodes.get(path);
    const again = options.own.has(path) && !(before?.kind === 'directory' && entry.type === 'directory');
    if (again) throw new TarError(`${show(path)} is there twice`);
    options.own.add(path);
    const node = await this.#toNode(entry, path, options);
    if (node === null) return;
    const keepsLink = this.#merged && before?.kind === 'link' && MERGED.includes(path.slice(1));
    if (node.kind === 'directory' && (before?.kind === 'directory' || keepsLink)) return;
    // What replaces a directory takes all that was below it along.
    if (before?.kind === 'directory') this.#removeBelow(path, () => true);
    for (const above of parentsOf(path)) {
      const there = this.#nodes.get(above);
      if (there && there.kind !== 'directory') throw new TarError(`${show(path)} lies below a file`);
      this.#nodes.set(above, { kind: 'directory' });
    }
    this.#nodes.set(path, node);
  }

  async #toNode(entry: TarEntry, path: string, { specials }: LayerOptions): Promise<Node | null> {
    switch (entry.type) {
      case 'directory':
        return { kind: 'directory' };
      case 'file':
        return { kind: 'file', blob: await this.#spoolContent(entry), mode: entry.mode & 0o777 };
      case 'link':
        return { kind: 'link', to: checkLink(path, entry.linkName) };
      case 'hardlink': {
        const target = this.#nodes.get(this.#resolveParent(cleanPath(entry.linkName)));
        if (target?.kind === 'directory' || target === undefined) {
          throw new TarError(
            `${show(path)} is a hard link to ${show(entry.linkName)}, which is no file of the archive`,
          );
        }
        return target;
      }
      default:
        if (specials === 'skip') return null;
        throw new TarError(
          `${show(path)} is a ${entry.type === 'other' ? 'file of an unknown type' : entry.type}`,
        );
    }
  }

  async #spoolContent(entry: TarEntry): Promise<string> {
    this.#bytes += entry.size;
    if (this.#bytes > this.#limits.maxBytes) throw new TarError(`more than ${this.#limits.maxBytes} bytes`);
    this.#blobs += 1;
    const blob = join(this.#spool, String(this.#blobs));
    await pipeline(entry.content(), createWriteStream(blob, { flags: 'wx', mode: 0o600 }));
    return blob;
  }

  #whiteout(parent: string, name: string, own: ReadonlySet<string>): void {
    // Only what lower layers brought goes, wherever in the layer the whiteout stands (image-spec, layer.md).
    const isOlder = (path: string): boolean => !own.has(path);
    if (name === OPAQUE) {
      this.#removeBelow(parent, isOlder);
      return;
    }
    const path = posix.join(parent, name.slice(WHITEOUT.length));
    if (path === parent || !path.startsWith(parent)) throw new TarError(`${show(name)} is no whiteout`);
    this.#removeBelow(path, isOlder);
    if (isOlder(path)) this.#nodes.delete(path);
  }

  #removeBelow(directory: string, which: (path: string) => boolean): void {
    const prefix = directory === '/' ? '/' : `${directory}/`;
    for (const path of this.#nodes.keys())
      if (path.startsWith(prefix) && which(path)) this.#nodes.delete(path);
  }

  #resolveParent(path: string): string {
    return posix.join(this.#resolveDirectory(posix.dirname(path)), posix.basename(path));
  }

  /** Follows the links of the table, as the kernel would with the tree as its root. */
  #resolveDirectory(path: string): string {
    const pending = path.split('/').filter((part) => part !== '');
    let done: string[] = [];
    for (let links = 0; pending.length > 0; ) {
      const name = pending.shift() ?? '';
      if (name === '..') done.pop();
      if (name === '..' || name === '.' || name === '') continue;
      const node = this.#nodes.get(`/${[...done, name].join('/')}`);
      if (node?.kind === 'file') throw new TarError(`${show(path)} leads through a file`);
      if (node?.kind !== 'link') done.push(name);
      else {
        links += 1;
        if (links > MAX_LINKS) throw new TarError(`${show(path)} leads through too many links`);
        if (node.to.startsWith('/')) done = [];
        pending.unshift(...node.to.split('/'));
      }
    }
    return `/${done.join('/')}`;
  }

  /** Removes contents that no name kept. */
  async clean(): Promise<void> {
    await rm(this.#spool, { recursive: true, force: true });
  }
}

/** Absolute and without `.`; a `..` or a name that no file system takes is refused. */
function cleanPath(written: string): string {
  const parts = written.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new TarError(`${show(written)} leads out of the archive`);
  const tooLong = parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES);
  if (tooLong || Buffer.byteLength(written) > MAX_PATH_BYTES) throw new TarError('a name is too long');
  return `/${parts.join('/')}`;
}

/** A relative link may not climb above the tree; an absolute one starts at the tree's own root once it is a root. */
export function checkLink(path: string, to: string): string {
  if (to === '' || to.includes('\0') || Buffer.byteLength(to) > MAX_PATH_BYTES) {
    throw new TarError(`${show(path)} is a link to nowhere`);
  }
  let depth = to.startsWith('/') ? 0 : posix.dirname(path).split('/').filter(Boolean).length;
  for (const part of to.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) throw new TarError(`${show(path)} is a link out of the tree: ${show(to)}`);
  }
  return to;
}

function show(path: string): string {
  return JSON.stringify(path.length > 100 ? `${path.slice(0, 100)}…` : path);
}
