/** Tar archives that no tool would write (POSIX.1-1988, ustar). */

export interface HostileEntry {
  readonly path: string;
  /** One digit of the format; default an ordinary file. */
  readonly type?: string;
  readonly link?: string;
  readonly content?: string;
}

const BLOCK_BYTES = 512;

export function tarOf(entries: readonly HostileEntry[]): Buffer {
  const end = Buffer.alloc(2 * BLOCK_BYTES);
  return Buffer.concat([...entries.map(encodeEntry), end]);
}

function encodeEntry({
  path,
  type = '0',
  link = '',
  content = type === '0' ? 'content' : '',
}: HostileEntry): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, width: number): string => value.toString(8).padStart(width - 1, '0');
  const fields = [
    [0, path],
    [100, octal(0o644, 8)],
    [108, octal(0, 8)],
    [116, octal(0, 8)],
    [124, octal(bytes.length, 12)],
    [136, octal(0, 12)],
    // The checksum is that of a header with blanks in its place.
    [148, ' '.repeat(8)],
    [156, type],
    [157, link],
    [257, 'ustar'],
    [263, '00'],
  ] as const;
  for (const [offset, text] of fields) header.write(text, offset);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)}\0`, 148);
  const padding = Buffer.alloc((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES);
  return Buffer.concat([header, bytes, padding]);
}
