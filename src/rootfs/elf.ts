/**
 * What the dynamic loader reads of an ELF file (elf(5), gABI chapter 5): the interpreter, the libraries that it needs and
 * where they are to be looked for. Every offset comes from the file, so every read is checked against its size and every
 * loop has a bound: a broken file is `null` or an empty list, never an exception or a long wait.
 */

/** Bytes of a file at an offset; shorter than asked for where the file ends. */
export interface ByteSource {
  readonly read: (offset: number, length: number) => Uint8Array;
}

export interface ElfInfo {
  /** e_machine: 62 = x86-64, 183 = AArch64. */
  readonly machine: number;
  /** PT_INTERP; null for libraries and static programs. */
  readonly interpreter: string | null;
  readonly needed: readonly string[];
  /** Directories of DT_RUNPATH, in order; `$ORIGIN` is not expanded. */
  readonly runpath: readonly string[];
  /** Directories of DT_RPATH, which counts only where there is no DT_RUNPATH. */
  readonly rpath: readonly string[];
}

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const DYNAMIC_ENTRY_BYTES = 16;
/** Far above what linkers make; a larger number is a broken or hostile file. */
const MAX_PROGRAM_HEADERS = 512;
const MAX_DYNAMIC_ENTRIES = 4096;
const MAX_TEXT_BYTES = 4096;

const PT = { load: 1, dynamic: 2, interp: 3 } as const;
const DT = { null: 0, needed: 1, strtab: 5, rpath: 15, runpath: 29 } as const;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
}

/** null for everything that is not a 64-bit little-endian ELF file with a readable program header table. */
export function parseElf(source: ByteSource): ElfInfo | null {
  const header = view(source.read(0, HEADER_BYTES));
  if (!isElf64Little(header)) return null;
  const segments = readSegments(source, header);
  if (segments === null) return null;
  const interp = segments.find(({ type }) => type === PT.interp);
  return {
    machine: header.getUint16(18, true),
    interpreter: interp ? textAt(source, interp.offset, interp.fileBytes) : null,
    ...readDynamic(source, segments),
  };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isElf64Little(header: DataView): boolean {
  if (header.byteLength < HEADER_BYTES || header.getUint32(0) !== 0x7f454c46) return false;
  return header.getUint8(4) === 2 && header.getUint8(5) === 1;
}

/** Offsets beyond 2^53 cannot be in a file; NaN makes every later comparison fail. */
function word(data: DataView, offset: number): number {
  const value = data.getBigUint64(offset, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.NaN;
}

function readSegments(source: ByteSource, header: DataView): Segment[] | null {
  const [offset, size, count] = [word(header, 32), header.getUint16(54, true), header.getUint16(56, true)];
  if (Number.isNaN(offset) || count > MAX_PROGRAM_HEADERS) return null;
  if (count > 0 && size !== PROGRAM_HEADER_BYTES) return null;
  const table = view(source.read(offset, count * PROGRAM_HEADER_BYTES));
  if (table.byteLength < count * PROGRAM_HEADER_BYTES) return null;
  return Array.from({ length: count }, (_, index) => {
    const at = index * PROGRAM_HEADER_BYTES;
    return {
      type: table.getUint32(at, true),
      offset: word(table, at + 8),
      address: word(table, at + 16),
      fileBytes: word(table, at + 32),
    };
  });
}

type Dynamic = Pick<ElfInfo, 'needed' | 'runpath' | 'rpath'>;

function readDynamic(source: ByteSource, segments: readonly Segment[]): Dynamic {
  const entries = dynamicEntries(source, segments);
  const strings = entries.find(({ tag }) => tag === DT.strtab);
  const table = strings && toFileOffset(segments, strings.value);
  const texts = (tag: number): string[] =>
    entries
      .filter((entry) => entry.tag === tag && table !== undefined)
      .flatMap(({ value }) => textAt(source, (table ?? 0) + value, MAX_TEXT_BYTES) ?? []);
  const directories = (tag: number): string[] =>
    texts(tag)
      .flatMap((list) => list.split(':'))
      .filter((directory) => directory !== '');
  return {
    needed: texts(DT.needed).filter((name) => name !== ''),
    runpath: directories(DT.runpath),
    rpath: directories(DT.rpath),
  };
}

function dynamicEntries(source: ByteSource, segments: readonly Segment[]): { tag: number; value: number }[] {
  const dynamic = segments.find(({ type }) => type === PT.dynamic);
  if (!dynamic || !(dynamic.fileBytes > 0)) return [];
  const length = Math.min(dynamic.fileBytes, MAX_DYNAMIC_ENTRIES * DYNAMIC_ENTRY_BYTES);
  const data = view(source.read(dynamic.offset, length));
  const entries = Array.from({ length: Math.floor(data.byteLength / DYNAMIC_ENTRY_BYTES) }, (_, index) => ({
    tag: word(data, index * DYNAMIC_ENTRY_BYTES),
    value: word(data, index * DYNAMIC_ENTRY_BYTES + 8),
  }));
  const end = entries.findIndex(({ tag }) => tag === DT.null);
  return end === -1 ? entries : entries.slice(0, end);
}

/** DT_STRTAB is an address; the segment that is loaded there says where it is in the file. */
function toFileOffset(segments: readonly Segment[], address: number): number | undefined {
  const segment = segments.find(
    ({ type, address: start, fileBytes }) =>
      type === PT.load && address >= start && address < start + fileBytes,
  );
  return segment && segment.offset + (address - segment.address);
}

/** The text up to the first NUL; null where there is none within `length` bytes. */
function textAt(source: ByteSource, offset: number, length: number): string | null {
  if (!(offset >= 0) || !(length > 0)) return null;
  const bytes = source.read(offset, Math.min(length, MAX_TEXT_BYTES));
  const end = bytes.indexOf(0);
  return end === -1 ? null : Buffer.from(bytes.subarray(0, end)).toString('utf8');
}
