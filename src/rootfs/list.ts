import { listManifests, loadManifest } from './manifest-load.ts';
import type { Store } from './store.ts';
import { checkRecord } from './verify.ts';

/** One line of `warder rootfs list`: what is built, and what could be. */
export interface TreeStatus {
  readonly name: string;
  readonly description: string;
  readonly languages: readonly string[];
  readonly state: 'built' | 'damaged' | 'not built';
  readonly sha256: string | null;
  readonly source: Readonly<Record<string, string>> | null;
  readonly files: number | null;
  readonly bytes: number | null;
  /** The most that the manifest allows, as written there; null for an imported tree. */
  readonly maxSize: string | null;
  readonly builtAt: string | null;
  readonly buildMs: number | null;
  /** Of the quick check. */
  readonly problems: readonly string[];
}

/** Every tree that is built or has a manifest, by name. @throws WarderError HOST_ROOTFS_STORE */
export async function listTrees(store: Store): Promise<readonly TreeStatus[]> {
  const manifests = await listManifests();
  const names = [...new Set([...manifests, ...(await store.names())])].sort();
  return Promise.all(names.map((name) => describeTree(store, name, manifests.includes(name))));
}

async function describeTree(store: Store, name: string, hasManifest: boolean): Promise<TreeStatus> {
  const manifest = hasManifest ? await loadManifest(name) : null;
  const about = {
    name,
    description: manifest?.description ?? '(imported)',
    maxSize: manifest?.maxSize ?? null,
  };
  const pointer = await store.pointer(name);
  const nothing = { sha256: null, source: null, files: null, bytes: null, builtAt: null, buildMs: null };
  if (!pointer)
    return { ...about, ...nothing, languages: manifest?.languages ?? [], state: 'not built', problems: [] };
  const { sha256, builtAt, buildMs } = pointer;
  const checked = await checkRecord(store, sha256);
  if (!checked.ok) {
    const languages = manifest?.languages ?? [];
    return {
      ...about,
      ...nothing,
      sha256,
      languages,
      builtAt,
      buildMs,
      state: 'damaged',
      problems: checked.problems,
    };
  }
  const { languages, source, files, bytes } = checked.record;
  return {
    ...about,
    languages,
    state: 'built',
    sha256,
    source,
    files,
    bytes,
    builtAt,
    buildMs,
    problems: [],
  };
}
