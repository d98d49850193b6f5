/**
 * An OCI image layout (image-spec, image-layout.md): a directory with index.json and blobs named by their digest. Each blob
 * is checked against its digest before a byte of it is used.
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from './decompress.ts';
import { TarError } from './tar.ts';
import type { Unpacker } from './unpack.ts';

const MAX_JSON_BYTES = 4 * 1024 * 1024;
const MAX_LAYERS = 128;
/** Indexes may point to indexes; nobody nests them deeper. */
const MAX_DEPTH = 4;
const OCI_ARCH: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform: { readonly os: unknown; readonly architecture: unknown } | null;
}

export interface OciImage {
  readonly digest: string;
  /** PATH of the image's configuration; empty without one. */
  readonly path: readonly string[];
}

/** Adds every layer of the image for this machine. @throws TarError */
export async function unpackOci(directory: string, unpacker: Unpacker): Promise<OciImage> {
  const layout = await readJson(join(directory, 'oci-layout'));
  if (layout['imageLayoutVersion'] !== '1.0.0')
    throw new TarError('oci-layout names no version that is known');
  const { manifest, digest } = await findManifest(
    directory,
    await readJson(join(directory, 'index.json')),
    MAX_DEPTH,
  );
  const layers = list(manifest['layers']).map(toDescriptor);
  if (layers.length > MAX_LAYERS) throw new TarError(`more than ${MAX_LAYERS} layers`);
  for (const layer of layers) await unpackLayer(directory, layer, unpacker);
  return { digest, path: await imagePath(directory, manifest['config']) };
}

async function findManifest(
  directory: string,
  index: Json,
  depth: number,
): Promise<{ manifest: Json; digest: string }> {
  const entries = list(index['manifests']).map(toDescriptor);
  const mine = entries.filter(({ platform }) => platform === null || isMine(platform));
  const [chosen, second] = mine;
  if (chosen === undefined) throw new TarError(`the image has nothing for linux/${ociArch()}`);
  if (second !== undefined && second.digest !== chosen.digest) {
    throw new TarError(
      'the layout holds several images; copy the one that you want into a layout of its own',
    );
  }
  const document = parseObject(await readBlob(directory, chosen));
  if (!Array.isArray(document['manifests'])) return { manifest: document, digest: chosen.digest };
  if (depth === 0) throw new TarError('indexes are nested too deeply');
  return findManifest(directory, document, depth - 1);
}

function isMine({ os, architecture }: NonNullable<Descriptor['platform']>): boolean {
  return os === 'linux' && architecture === ociArch();
}

function ociArch(): string {
  return OCI_ARCH[process.arch] ?? process.arch;
}

async function unpackLayer(directory: string, layer: Descriptor, unpacker: Unpacker): Promise<void> {
  const path = await checkedBlob(directory, layer);
  const raw = createReadStream(path);
  const options = { layer: true, specials: 'refuse' } as const;
  if (layer.mediaType.endsWith('+gzip') || layer.mediaType.endsWith('.tar.gzip')) {
    await unpacker.add(through(raw, createGunzip()), options);
  } else if (layer.mediaType.endsWith('+zstd')) {
    const zstd = createZstdDecompress();
    if (zstd === null)
      throw new TarError(`a layer is compressed with zstd, which Node ${process.version} cannot read`);
    await unpacker.add(through(raw, zstd), options);
  } else if (layer.mediaType.endsWith('.tar')) await unpacker.add(raw, options);
  else throw new TarError(`a layer has the unknown type ${layer.mediaType}`);
}

/** An error of either stream ends the reader of the second one. */
export function through(raw: Readable, transform: NodeJS.ReadWriteStream): Readable {
  raw.on('error', (error) => (transform as unknown as Readable).destroy(error));
  return Readable.from(raw.pipe(transform) as unknown as AsyncIterable<Buffer>, { objectMode: false });
}

async function imagePath(directory: string, config: unknown): Promise<string[]> {
  if (typeof config !== 'object' || config === null) return [];
  const image = parseObject(await readBlob(directory, toDescriptor(config)));
  const inner = image['config'] as { Env?: unknown } | undefined;
  const entry = list(inner?.Env ?? []).find((text) => typeof text === 'string' && text.startsWith('PATH='));
  return typeof entry === 'string' ? entry.slice('PATH='.length).split(':') : [];
}

type Json = Readonly<Record<string, unknown>>;

async function readBlob(directory: string, descriptor: Descriptor): Promise<string> {
  if (descriptor.size > MAX_JSON_BYTES) throw new TarError(`${descriptor.digest} is too large`);
  return readFile(await checkedBlob(directory, descriptor), 'utf8');
}

/** The path of a blob whose content has the digest that names it. */
async function checkedBlob(directory: string, { digest, size }: Descriptor): Promise<string> {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined) throw new TarError(`${JSON.stringify(digest).slice(0, 100)} is no sha256 digest`);
  const path = join(directory, 'blobs/sha256', hex);
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size !== size) throw new TarError(`the blob ${digest} has another size`);
    const hash = createHash('sha256');
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
    if (hash.digest('hex') !== hex) throw new TarError(`the blob ${digest} has other content`);
    return path;
  } finally {
    await handle.close();
  }
}

async function readJson(path: string): Promise<Json> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = await handle.stat();
    if (size > MAX_JSON_BYTES) throw new TarError(`${path} is too large`);
    return parseObject(await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

function parseObject(text: string): Json {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null)
    throw new TarError('a document of the image is no JSON object');
  return value as Json;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TarError('a document of the image is not valid JSON');
  }
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TarError('a document of the image lacks a list');
  return value;
}

function toDescriptor(value: unknown): Descriptor {
  const { mediaType, digest, size, platform } = (value ?? {}) as Json;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || typeof size !== 'number') {
    throw new TarError('a descriptor of the image is incomplete');
  }
  const place = platform as { os: unknown; architecture: unknown } | null | undefined;
  return { mediaType, digest, size, platform: place ?? null };
}
