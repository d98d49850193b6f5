/** What `warder rootfs` does: the store of this user, and everything that a build needs of the host. */
import { WarderError } from '#error/warder-error.ts';
import { locateEngine } from '#host/engines.ts';
import { nativePath } from '#launch/native.ts';
import { type Builder, type BuiltTree, buildTree } from '#rootfs/build.ts';
import { damaged, notBuilt } from '#rootfs/errors.ts';
import { type ImportInput, importTree } from '#rootfs/import.ts';
import { listTrees, type TreeStatus } from '#rootfs/list.ts';
import { loadManifest } from '#rootfs/manifest-load.ts';
import { isTreeName } from '#rootfs/manifest-schema.ts';
import { removeNamed } from '#rootfs/publish.ts';
import type { OnProgress, TreeRecord } from '#rootfs/types.ts';
import { checkTree } from '#rootfs/verify.ts';
import { openStore } from './rootfs-store.ts';

/** For the escape suite, which gives it archives that no tool would write. */
export { Unpacker } from '#rootfs/unpack.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface RootfsBuildOptions {
  readonly env: Env;
  readonly builder: Builder;
  readonly mirror: string | null;
  readonly downloadTimeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onProgress: OnProgress;
}

/** @throws WarderError HOST_ROOTFS_*, HOST_ENGINE_MISSING */
export async function buildRootfs(nameOrFile: string, options: RootfsBuildOptions): Promise<BuiltTree> {
  const manifest = await loadManifest(nameOrFile);
  requireTreeName(manifest.name);
  const { env, builder, mirror, downloadTimeoutMs, signal, onProgress } = options;
  return buildTree(manifest, {
    ...{ builder, mirror, downloadTimeoutMs, signal, onProgress },
    store: openStore(env),
    nativePath: nativePath(),
    bwrapPath: await findBubblewrap(env),
    uid: process.geteuid?.() ?? -1,
    mtime: sourceDateEpoch(env),
  });
}

/** @throws WarderError HOST_ROOTFS_* */
export async function importRootfs(
  input: ImportInput,
  { env, onProgress }: Pick<RootfsBuildOptions, 'env' | 'onProgress'>,
): Promise<BuiltTree> {
  requireTreeName(input.name);
  const store = openStore(env);
  return importTree(input, { store, nativePath: nativePath(), mtime: sourceDateEpoch(env), onProgress });
}

export async function listRootfs(env: Env): Promise<readonly TreeStatus[]> {
  return listTrees(openStore(env));
}

/** Reads every byte. @throws WarderError HOST_ROOTFS_MISSING, HOST_ROOTFS_DAMAGED, HOST_ROOTFS_STORE */
export async function verifyRootfs(name: string, env: Env): Promise<{ sha256: string; record: TreeRecord }> {
  const store = openStore(env);
  const pointer = await store.pointer(name);
  if (!pointer) throw notBuilt(name);
  await store.check();
  const checked = await checkTree(store, pointer.sha256);
  if (!checked.ok) throw damaged(name, checked.problems);
  return { sha256: pointer.sha256, record: checked.record };
}

/** @throws WarderError HOST_ROOTFS_MISSING, HOST_ROOTFS_BUSY, HOST_ROOTFS_STORE */
export async function removeRootfs(name: string, env: Env): Promise<void> {
  requireTreeName(name);
  const store = openStore(env);
  const names = await store.names();
  if (!names.includes(name)) throw notBuilt(name);
  await store.build(name, nativePath(), () => removeNamed(store, name));
}

function requireTreeName(name: string): void {
  if (isTreeName(name)) return;
  const message = `\`${name}\` cannot be the name of a root file system`;
  throw new WarderError('REQUEST_INVALID', message, {
    details: { issues: [{ path: 'name', message }] },
    hint: 'Lower-case letters, digits, dots, hyphens and underscores; not `auto` and not `host`',
  });
}

async function findBubblewrap(env: Env): Promise<string> {
  const found = await locateEngine('bwrap', env['PATH'] ?? '/usr/bin', env['WARDER_BWRAP']);
  if (found.found) return found.path;
  const message = 'bubblewrap (bwrap), in which trees are built and tried, is not installed';
  throw new WarderError('HOST_ENGINE_MISSING', message, {
    details: { engine: 'bubblewrap', searched: found.searched },
    hint: "Install it: apt-get install bubblewrap (or your distribution's package of that name)",
  });
}

/** reproducible-builds.org/specs/source-date-epoch: seconds since 1970; without it the start of 1980, which every tool takes. */
function sourceDateEpoch(env: Env): number {
  const text = env['SOURCE_DATE_EPOCH'];
  if (text === undefined || text === '') return DEFAULT_EPOCH;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  const message = `SOURCE_DATE_EPOCH is no number of seconds: ${JSON.stringify(text.slice(0, 40))}`;
  throw new WarderError('REQUEST_INVALID', message, {
    details: { issues: [{ path: 'SOURCE_DATE_EPOCH', message }] },
  });
}

const DEFAULT_EPOCH = 315_532_800;
