/** Which built tree a run gets. Looked up for every run, read again only when a name got another tree. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { damaged, notBuilt } from './errors.ts';
import type { Store } from './store.ts';
import type { ResolvedRootfs, TreeRecord } from './types.ts';
import { readRecord, spotCheck } from './verify.ts';

/** What `auto` goes by. */
export interface TreeWish {
  readonly language: string | undefined;
  /** What is to be executed, when no language is named. */
  readonly command: string | undefined;
}

interface Known {
  readonly generation: string | null;
  readonly trees: readonly NamedTree[];
}

interface NamedTree {
  readonly name: string;
  readonly sha256: string;
  /** null when it is not the one that the digest names. */
  readonly record: TreeRecord | null;
  readonly problems: readonly string[];
}

export class TreeFinder {
  readonly #store: Store;
  #known: Promise<Known> | undefined;
  /** Digest → what is wrong with what will be bound; looked at when the tree is first used. */
  readonly #spots = new Map<string, Promise<readonly string[]>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** As a policy writes it: `host` is no tree. @throws WarderError HOST_ROOTFS_MISSING, HOST_ROOTFS_DAMAGED, HOST_ROOTFS_STORE */
  async find(name: string, wish: TreeWish): Promise<ResolvedRootfs | undefined> {
    if (name === 'host') return undefined;
    return name === 'auto' ? this.forWish(wish) : this.byName(name);
  }

  /** @throws WarderError HOST_ROOTFS_MISSING, HOST_ROOTFS_DAMAGED, HOST_ROOTFS_STORE */
  async byName(name: string): Promise<ResolvedRootfs> {
    const tree = (await this.#trees()).find((candidate) => candidate.name === name);
    if (!tree) throw notBuilt(name);
    return this.#use(tree);
  }

  /**
   * The tree for a language, the one of its name first; for a command the first tree that has it. undefined when none is
   * built. A damaged tree is never passed over: what a run sees does not change because somebody broke something.
   * @throws WarderError HOST_ROOTFS_DAMAGED, HOST_ROOTFS_STORE
   */
  async forWish({ language, command }: TreeWish): Promise<ResolvedRootfs | undefined> {
    const trees = await this.#trees();
    const broken = trees.find(
      ({ record, name }) => record === null && (language === undefined || name === language),
    );
    if (broken) return this.#use(broken);
    const tree =
      language === undefined
        ? trees.find(({ record }) => command !== undefined && record !== null && hasCommand(record, command))
        : (trees.find(({ name, record }) => name === language && record?.languages.includes(language)) ??
          trees.find(({ record }) => record?.languages.includes(language)));
    return tree && this.#use(tree);
  }

  async #trees(): Promise<readonly NamedTree[]> {
    const generation = await this.#store.generation();
    const known = await this.#known;
    if (known && known.generation === generation) return known.trees;
    this.#spots.clear();
    const loading = this.#load(generation);
    this.#known = loading.catch(() => ({ generation: 'failed', trees: [] }));
    return (await loading).trees;
  }

  async #load(generation: string | null): Promise<Known> {
    if (generation === null) return { generation, trees: [] };
    await this.#store.check();
    const trees = await Promise.all(
      (await this.#store.names()).map(async (name) => {
        const pointer = await this.#store.pointer(name);
        return pointer ? [await this.#toTree(name, pointer.sha256)] : [];
      }),
    );
    return { generation, trees: trees.flat() };
  }

  async #toTree(name: string, sha256: string): Promise<NamedTree> {
    const checked = await readRecord(this.#store, sha256);
    if (checked.ok) return { name, sha256, record: checked.record, problems: [] };
    return { name, sha256, record: null, problems: checked.problems };
  }

  async #use({ name, sha256, record, problems }: NamedTree): Promise<ResolvedRootfs> {
    if (record === null) throw damaged(name, problems);
    const root = join(this.#store.treePath(sha256), 'root');
    const checking = this.#spots.get(sha256) ?? spotCheck(this.#store, sha256, record);
    this.#spots.set(sha256, checking);
    // It was checked when it was first used; a directory that went away since would be an error of the launcher.
    const there = await lstat(root).catch(() => undefined);
    const wrong = there?.isDirectory() ? await checking : ['/ is gone'];
    if (wrong.length > 0) throw damaged(name, wrong);
    const { binds, symlinks, path, commands } = record.layout;
    return {
      name,
      sha256,
      binds: binds.map((target) => ({ source: join(root, target), target })),
      symlinks,
      path,
      commands,
    };
  }
}

function hasCommand({ layout }: TreeRecord, command: string): boolean {
  const { commands } = layout;
  if (!command.includes('/')) return Object.hasOwn(commands, command);
  return Object.values(commands).includes(command);
}
