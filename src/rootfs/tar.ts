/**
 * A reader of tar archives: ustar (POSIX.1-1988), pax (POSIX.1-2001) and GNU long names, as a stream of entries.
 * Our own, because what is needed is small, and because the usual packages also write to disk, which is where their
 * vulnerabilities were. This one only says what an archive says; unpack.ts decides what is done about it.
 */
import type { Readable } from 'node:stream';

export interface TarEntry {
  /** As written, apart from trailing slashes; nothing has been checked. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'hardlink' | 'device' | 'fifo' | 'other';
  readonly mode: number;
  readonly size: number;
  /** Where a link leads; empty for what is none. */
  readonly linkName: string;
  /** The content, in pieces. What is not taken is skipped. */
  readonly content: () => AsyncGenerator<Buffer>;
}

const BLOCK = 512;
/** Extended headers are names and numbers; a large one is an attack on the memory. */
const MAX_EXTENDED_BYTES = 1024 * 1024;

/** What is wrong with an archive. */
export class TarError extends Error {}

const TYPES: Readonly<Record<string, TarEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'link',
  '3': 'device',
  '4': 'device',
  '5': 'directory',
  '6': 'fifo',
};

interface Overrides {
  path?: string;
  linkName?: string;
  size?: number;
}

/** @throws TarError for what is no tar archive or ends too early */
export async function* readTar(stream: Readable): AsyncGenerator<TarEntry> {
  const blocks = new BlockReader(stream);
  let overrides: Overrides = {};
  for (;;) {
    const header = await blocks.header();
    if (header === null) return;
    const size = overrides.size ?? numberAt(header, 124, 12);
    const flag = String.fromCharCode(header[156] ?? 0);
    if (isExtension(flag)) {
      overrides = { ...overrides, ...readExtension(flag, await blocks.text(numberAt(header, 124, 12))) };
      continue;
    }
    const entry = toEntry(header, flag, { ...overrides, size });
    overrides = {};
    const body = blocks.body(hasBody(entry.type) ? size : 0);
    yield { ...entry, content: () => body };
    // Whatever of the content nobody took.
    for await (const _ of body);
  }
}

/** GNU tar writes a size for links too, and there is none. */
function hasBody(type: TarEntry['type']): boolean {
  return type === 'file' || type === 'other';
}

/** L, K: GNU names; x: pax for the next entry, g: pax for all, of which nothing matters here. */
function isExtension(flag: string): boolean {
  return flag === 'L' || flag === 'K' || flag === 'x' || flag === 'g';
}

function readExtension(flag: string, bytes: Buffer): Overrides {
  if (flag === 'L') return { path: cString(bytes) };
  if (flag === 'K') return { linkName: cString(bytes) };
  return flag === 'x' ? readPax(bytes) : {};
}

/** Records of the form `LENGTH KEY=VALUE\n`, where the length counts the whole record. */
function readPax(bytes: Buffer): Overrides {
  const result: Overrides = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.subarray(at, space).toString('latin1'));
    if (space === -1 || !Number.isInteger(length) || length <= space - at || at + length > bytes.length) {
      throw new TarError('a pax header is broken');
    }
    const record = bytes.subarray(space + 1, at + length - 1).toString('utf8');
    const equals = record.indexOf('=');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === 'path') result.path = value;
    else if (key === 'linkpath') result.linkName = value;
    else if (key === 'size') result.size = sizeOf(value);
    else if (key.startsWith('GNU.sparse.')) throw new TarError('sparse files are not supported');
    at += length;
  }
  return result;
}

function sizeOf(text: string): number {
  const size = Number(text);
  if (!Number.isSafeInteger(size) || size < 0) throw new TarError('a size is no number');
  return size;
}

function toEntry(
  header: Buffer,
  flag: string,
  overrides: Overrides & { size: number },
): Omit<TarEntry, 'content'> {
  const isUstar = header.subarray(257, 262).toString('latin1') === 'ustar';
  const prefix = isUstar && header[262] === 0 ? cString(header.subarray(345, 500)) : '';
  const name = cString(header.subarray(0, 100));
  const path = overrides.path ?? (prefix === '' ? name : `${prefix}/${name}`);
  if (path.includes('\0')) throw new TarError('a name contains a NUL');
  // Before POSIX a trailing slash was the only mark of a directory.
  const type = path.endsWith('/') && (flag === '0' || flag === '\0') ? 'directory' : (TYPES[flag] ?? 'other');
  return {
    path: path.replace(/\/+$/, '') || '.',
    type,
    mode: numberAt(header, 100, 8) & 0o7777,
    size: type === 'file' ? overrides.size : 0,
    linkName: overrides.linkName ?? cString(header.subarray(157, 257)),
  };
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end === -1 ? bytes.length : end).toString('utf8');
}

/** Octal digits, or GNU's big-endian binary form, marked by the highest bit. */
function numberAt(header: Buffer, offset: number, length: number): number {
  const field = header.subarray(offset, offset + length);
  if ((field[0] ?? 0) & 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f);
    if (!Number.isSafeInteger(value)) throw new TarError('a number is too large');
    return value;
  }
  const text = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  if (!/^[0-7]*$/.test(text)) throw new TarError('this is not a tar archive');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** A stream cut into what is asked for. */
class BlockReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** null at the end of the archive: a block of zeros, or the end of the file between two entries. */
  async header(): Promise<Buffer | null> {
    const block = await this.#take(BLOCK, true);
    if (block === null || block.every((byte) => byte === 0)) return null;
    if (!hasValidChecksum(block)) throw new TarError('this is not a tar archive, or it is damaged');
    return block;
  }

  async text(size: number): Promise<Buffer> {
    if (size > MAX_EXTENDED_BYTES) throw new TarError('an extended header is too large');
    const bytes = (await this.#take(size, false)) ?? Buffer.alloc(0);
    const copy = Buffer.from(bytes);
    await this.#take(padding(size), false);
    return copy;
  }

  async *body(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#buffer.length === 0) await this.#more();
      const piece = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
    await this.#take(padding(size), false);
  }

  async #take(size: number, mayEnd: boolean): Promise<Buffer | null> {
    while (this.#buffer.length < size) {
      const { done, value } = await this.#chunks.next();
      if (done && mayEnd && this.#buffer.length === 0) return null;
      if (done) throw new TarError('the archive ends too early');
      this.#buffer = Buffer.concat([this.#buffer, value]);
    }
    const block = this.#buffer.subarray(0, size);
    this.#buffer = this.#buffer.subarray(size);
    return block;
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done) throw new TarError('the archive ends too early');
    this.#buffer = value;
  }
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The sum of all bytes with the checksum's own taken as spaces; some old writers summed signed bytes. */
function hasValidChecksum(block: Buffer): boolean {
  const blanked = Buffer.from(block).fill(0x20, 148, 156);
  const unsigned = blanked.reduce((sum, byte) => sum + byte, 0);
  const signed = blanked.reduce((sum, byte) => sum + ((byte << 24) >> 24), 0);
  const stored = numberAt(block, 148, 8);
  return stored === unsigned || stored === signed;
}
