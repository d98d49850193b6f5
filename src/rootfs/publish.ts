import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingLibraries } from './elf-check.ts';
import { buildFailed } from './errors.ts';
import { hardenTree, removeTree } from './harden.ts';
import { inspectTree } from './inspect.ts';
import { layoutOf } from './layout.ts';
import { decodeRecord, encodeManifest, encodeRecord, sha256 } from './record.ts';
import type { Store } from './store.ts';
import type { OnProgress, TreeRecord } from './types.ts';
import { checkTree } from './verify.ts';

export interface FinishInput {
  readonly store: Store;
  readonly name: string;
  readonly languages: readonly string[];
  readonly source: Readonly<Record<string, string>>;
  /** Directory of this build; the tree is in `out/root`. */
  readonly directory: string;
  readonly mtime: number;
  readonly maxBytes: number;
  /** Libraries that need not be found by name; null where nothing need, since an imported tree may hold anything. */
  readonly preloaded: readonly string[] | null;
  readonly path?: readonly string[];
  readonly onProgress: OnProgress;
}

/** A tree that could be published, and under which digest. */
export interface FinishedTree {
  readonly record: TreeRecord;
  readonly sha256: string;
}

/** Hardens the tree, looks at every file of it, and writes its record. @throws WarderError HOST_ROOTFS_BUILD_FAILED */
export async function finishTree(input: FinishInput): Promise<FinishedTree> {
  const { name, mtime, directory, store, onProgress } = input;
  const out = join(directory, 'out');
  const root = join(out, 'root');
  onProgress({ name, phase: 'harden' });
  await hardenTree(root, mtime);
  onProgress({ name, phase: 'check' });
  const { entries, problems, bytes } = await inspectTree(root, store.owners);
  const missing = input.preloaded ? await missingLibraries(root, entries, input.preloaded) : [];
  const all = [...problems, ...missing];
  if (all.length > 0) throw buildFailed(name, 'check', all.slice(0, 5).join('; '));
  if (bytes > input.maxBytes) {
    throw buildFailed(
      name,
      'check',
      `the tree has ${bytes} bytes, more than the ${input.maxBytes} of its manifest`,
    );
  }
  const manifest = encodeManifest(entries);
  const record: TreeRecord = {
    schema: 1,
    name,
    languages: input.languages,
    source: input.source,
    layout: await layoutOf(root, input.path),
    files: entries.filter(({ type }) => type === 'file').length,
    bytes,
    mtime,
    manifestSha256: sha256(manifest),
  };
  const text = encodeRecord(record);
  // `flush`: a record that is there after a crash has to be whole, or the tree would look tampered with.
  await writeFile(join(out, 'manifest.json'), manifest, { mode: 0o444, flush: true });
  await writeFile(join(out, 'tree.json'), text, { mode: 0o444, flush: true });
  return { record, sha256: sha256(text) };
}

/** From here on the tree has its name. A tree of the same content that is already there stays, unless it is damaged. */
export async function publishTree(
  { store, name, directory, onProgress }: Pick<FinishInput, 'store' | 'name' | 'directory' | 'onProgress'>,
  { sha256: digest }: FinishedTree,
  buildMs: number,
): Promise<void> {
  onProgress({ name, phase: 'publish' });
  const before = await store.pointer(name).catch(() => undefined);
  const place = store.treePath(digest);
  const there = await stat(place).then(
    () => true,
    () => false,
  );
  const intact = there && (await checkTree(store, digest)).ok;
  if (there && !intact) await rename(place, join(directory, 'damaged'));
  if (!intact) {
    await rename(join(directory, 'out'), place);
    await chmod(place, 0o555);
  }
  await store.setPointer({ name, sha256: digest, builtAt: new Date().toISOString(), buildMs });
  await removeSuperseded(store, name, [digest, before?.sha256]);
}

/** Trees that the name had before its last two. The last one but this stays: programs may be running in it. */
async function removeSuperseded(
  store: Store,
  name: string,
  kept: readonly (string | undefined)[],
): Promise<void> {
  for (const digest of await treesOf(store, name)) {
    if (!kept.includes(digest)) await removeStored(store, digest);
  }
}

/** Digests of all trees that were built under a name. */
async function treesOf(store: Store, name: string): Promise<string[]> {
  const trees = await store.trees();
  const named = trees.map(async (digest) => {
    const text = await readFile(join(store.treePath(digest), 'tree.json'), 'utf8').catch(() => '{}');
    return readName(text) === name ? [digest] : [];
  });
  return (await Promise.all(named)).flat();
}

function readName(text: string): string | undefined {
  try {
    return decodeRecord(text).name;
  } catch {
    return undefined;
  }
}

/** Moved aside first, so that nobody finds half of it. */
async function removeStored(store: Store, digest: string): Promise<void> {
  const aside = store.buildPath(`removing-${digest}`);
  await removeTree(aside);
  await chmod(store.treePath(digest), 0o755);
  await rename(store.treePath(digest), aside);
  await removeTree(aside);
}

/** Takes the name away and removes every tree that had it; the number of trees. */
export async function removeNamed(store: Store, name: string): Promise<number> {
  const pointer = await store.pointer(name).catch(() => undefined);
  const digests = new Set(await treesOf(store, name));
  if (pointer) digests.add(pointer.sha256);
  await rm(join(store.path, 'names', `${name}.json`), { force: true });
  let removed = 0;
  for (const digest of digests) {
    const there = await stat(store.treePath(digest)).catch(() => undefined);
    if (!there) continue;
    await removeStored(store, digest);
    removed += 1;
  }
  return removed;
}

/** Makes the empty directory that a tree is put together in. */
export async function makeRoot(directory: string): Promise<string> {
  const root = join(directory, 'out/root');
  await mkdir(root, { recursive: true, mode: 0o755 });
  return root;
}
