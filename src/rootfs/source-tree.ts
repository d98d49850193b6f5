import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { componentSource, isGlob } from './glob.ts';

/** As the kernel's own limit (path_resolution(7)). */
const MAX_LINKS = 40;

/** A file system to take files from: the host's own, or one below a directory, whose links then stay below it. */
export class SourceTree {
  /** Empty for the host's own. */
  readonly root: string;
  readonly #directories = new Map<string, Promise<string | undefined>>();

  constructor(root: string) {
    this.root = root === '/' ? '' : root;
  }

  /** Where a path inside is on the host. */
  at(inside: string): string {
    return `${this.root}${inside}`;
  }

  async stat(inside: string): Promise<Stats | undefined> {
    return lstat(this.at(inside)).catch(() => undefined);
  }

  /** The path without any link in it; undefined when it leads to nothing. */
  resolve(inside: string): Promise<string | undefined> {
    return this.#walk(inside, true);
  }

  /** As `resolve`, but a link in the last component stays. */
  async place(inside: string): Promise<string | undefined> {
    const parent = posix.dirname(inside);
    const known = this.#directories.get(parent) ?? this.#walk(parent, true);
    this.#directories.set(parent, known);
    const directory = await known;
    if (directory === undefined) return undefined;
    const path = posix.join(directory, posix.basename(inside));
    return (await this.stat(path)) ? path : undefined;
  }

  /** What the link at `place` (as `place` returns it) points to: an absolute path inside, with its parents resolved. */
  async linkTarget(place: string): Promise<string | undefined> {
    const text = await readlink(this.at(place));
    return this.place(posix.resolve(posix.dirname(place), text));
  }

  /** Paths that match, sorted. `**` is left to the caller, who walks directories anyway: it ends the pattern. */
  async expand(pattern: string): Promise<string[]> {
    const parts = pattern.split('/').filter((part) => part !== '');
    let found = [''];
    for (const part of parts) {
      if (part === '**') break;
      found = isGlob(part) ? await this.#matches(found, part) : found.map((path) => `${path}/${part}`);
    }
    const there = await Promise.all(found.map(async (path) => ((await this.stat(path)) ? [path] : [])));
    return there.flat().sort();
  }

  async names(inside: string): Promise<string[]> {
    return (await readdir(this.at(inside)).catch(() => [])).sort();
  }

  async #matches(directories: readonly string[], part: string): Promise<string[]> {
    const expression = new RegExp(`^${componentSource(part)}$`, 'u');
    const lists = directories.map(async (directory) => {
      const names = await this.names(directory);
      return names.filter((name) => expression.test(name)).map((name) => `${directory}/${name}`);
    });
    return (await Promise.all(lists)).flat();
  }

  async #walk(inside: string, followLast: boolean): Promise<string | undefined> {
    const pending = inside.split('/');
    let done: string[] = [];
    for (let links = 0; pending.length > 0; ) {
      const name = pending.shift() ?? '';
      if (name === '' || name === '.') continue;
      if (name === '..') {
        done.pop();
        continue;
      }
      const here = `/${[...done, name].join('/')}`;
      const stat = await this.stat(here);
      if (!stat) return undefined;
      if (stat.isSymbolicLink() && (followLast || pending.length > 0)) {
        links += 1;
        if (links > MAX_LINKS) return undefined;
        const target = await readlink(this.at(here));
        if (target.startsWith('/')) done = [];
        pending.unshift(...target.split('/'));
      } else done.push(name);
    }
    return `/${done.join('/')}`;
  }
}
