/** A tree of the user: a directory, a tar archive, or an OCI image layout. Nothing of it is trusted, and nothing of it is run. */
import { constants, createReadStream } from 'node:fs';
import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import type { BuildOptions, BuiltTree } from './build.ts';
import { makeExecutable } from './debian.ts';
import { compressionOf, createGunzip, createZstdDecompress } from './decompress.ts';
import { explainBuildError } from './errors.ts';
import { DEFAULT_PATH } from './layout.ts';
import { through, unpackOci } from './oci.ts';
import { finishTree, makeRoot, publishTree } from './publish.ts';
import { itemsOfDirectory, stageItems } from './stage.ts';
import { TarError } from './tar.ts';
import { UNPACK_LIMITS, Unpacker } from './unpack.ts';

export interface ImportInput {
  readonly name: string;
  readonly source: string;
  readonly languages: readonly string[];
}

type ImportOptions = Pick<BuildOptions, 'store' | 'nativePath' | 'mtime' | 'onProgress'>;

interface Unpacked {
  readonly source: Readonly<Record<string, string>>;
  readonly path: readonly string[];
}

/** @throws WarderError HOST_ROOTFS_SOURCE, HOST_ROOTFS_BUILD_FAILED, HOST_ROOTFS_BUSY, HOST_ROOTFS_STORE */
export async function importTree(input: ImportInput, options: ImportOptions): Promise<BuiltTree> {
  const { name, languages } = input;
  const { store, onProgress, mtime } = options;
  const started = performance.now();
  try {
    return await store.build(name, options.nativePath, async (directory) => {
      onProgress({ name, phase: 'unpack', detail: input.source });
      const root = await makeRoot(directory);
      const { source, path } = await unpackSource(await realpath(input.source), directory, root);
      const finished = await finishTree({
        ...{ store, name, languages, source, directory, mtime, onProgress, path },
        maxBytes: UNPACK_LIMITS.maxBytes,
        preloaded: null,
      });
      const buildMs = Math.round(performance.now() - started);
      await publishTree({ store, name, directory, onProgress }, finished, buildMs);
      return { ...finished, buildMs };
    });
  } catch (error) {
    throw explainImportError(input, store.path, error);
  }
}

async function unpackSource(source: string, directory: string, root: string): Promise<Unpacked> {
  const stat = await lstat(source);
  if (stat.isDirectory()) {
    const isOci = await lstat(join(source, 'oci-layout')).then(
      (found) => found.isFile(),
      () => false,
    );
    return isOci ? unpackImage(source, directory, root) : copyDirectory(source, root);
  }
  if (!stat.isFile()) throw new TarError('it is neither a file nor a directory');
  return unpackArchive(source, directory, root);
}

async function copyDirectory(source: string, root: string): Promise<Unpacked> {
  await stageItems(root, await itemsOfDirectory(source));
  return { source: { builder: 'import', kind: 'directory' }, path: DEFAULT_PATH };
}

async function unpackArchive(source: string, directory: string, root: string): Promise<Unpacked> {
  const unpacker = await openUnpacker(directory);
  await unpacker.add(await openArchive(source), { layer: false, specials: 'refuse' });
  requireFiles(unpacker.modes());
  await unpacker.place(root);
  await makeExecutable(root, unpacker.modes());
  return { source: { builder: 'import', kind: 'tar' }, path: DEFAULT_PATH };
}

async function unpackImage(source: string, directory: string, root: string): Promise<Unpacked> {
  const unpacker = await openUnpacker(directory);
  const image = await unpackOci(source, unpacker);
  await unpacker.place(root);
  await makeExecutable(root, unpacker.modes());
  const usable = image.path.filter((path) => /^\/[\w./+-]*$/.test(path) && !path.split('/').includes('..'));
  return {
    source: { builder: 'import', kind: 'oci', digest: image.digest },
    path: usable.length > 0 ? usable : DEFAULT_PATH,
  };
}

/** What nobody can have meant: layers of an image taken for a tree, and nothing at all. */
function requireFiles(modes: ReadonlyMap<string, number>): void {
  if (modes.size === 0) throw new TarError('it holds no files');
  const isImage = modes.has('/oci-layout') || (modes.has('/manifest.json') && modes.has('/repositories'));
  if (!isImage) return;
  throw new TarError(
    'it is an image in an archive; make an OCI image layout of it (skopeo copy docker-archive:FILE oci:DIRECTORY, or unpack it where it is one) and import that directory',
  );
}

async function openUnpacker(directory: string): Promise<Unpacker> {
  const spool = join(directory, 'spool');
  await mkdir(spool, { mode: 0o700 });
  return new Unpacker(spool);
}

async function openArchive(source: string): Promise<Readable> {
  const handle = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const start = Buffer.alloc(4);
  await handle.read(start, 0, start.length, 0).finally(() => handle.close());
  const compression = compressionOf(start);
  const raw = createReadStream(source);
  if (compression === 'none') return raw;
  const transform = compression === 'gzip' ? createGunzip() : createZstdDecompress();
  if (transform === null)
    throw new TarError(`it is compressed with zstd, which Node ${process.version} cannot read`);
  return through(raw, transform);
}

/** zlib's errors have codes of their own (Z_DATA_ERROR). */
function explainImportError({ name, source }: ImportInput, store: string, error: unknown): unknown {
  const errno = errnoOf(error);
  const isTheirs =
    error instanceof TarError ||
    error instanceof RangeError ||
    /^(?:Z_|ERR_|ENO|EACC|ELOOP|ENAME|EEXIST)/.test(errno);
  if (!isTheirs || errno === 'ENOSPC') return explainBuildError(name, store, error);
  const why = error instanceof Error && !/^[EZ]/.test(errno) ? error.message : errno;
  return new WarderError('HOST_ROOTFS_SOURCE', `${source} cannot be made a root file system: ${why}`, {
    details: { rootfs: name, source, why },
    hint: 'A source is a directory, a tar archive (plain or gzip), or an OCI image layout; see docs/rootfs.md',
    cause: error,
  });
}
