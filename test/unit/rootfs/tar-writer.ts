/** Archives as an attacker writes them: any header, nothing checked. */
export interface Header {
  readonly name: string;
  /** Type flag; `0` is a file. */
  readonly flag?: string;
  readonly content?: string | Buffer;
  readonly link?: string;
  readonly mode?: number;
  /** In place of the content's own. */
  readonly size?: number;
}

export function tar(...headers: readonly Header[]): Buffer {
  return Buffer.concat([...headers.map(entry), Buffer.alloc(1024)]);
}

function entry({ name, flag = '0', content = '', link = '', mode = 0o644, size }: Header): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'utf8');
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${(size ?? body.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write(flag, 156);
  header.write(link, 157, 100, 'utf8');
  header.write('ustar\u000000', 257, 'latin1');
  header.fill(0x20, 148, 156);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

export function pax(records: Readonly<Record<string, string>>): Header {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length;
    while (String(length).length + Buffer.byteLength(rest) !== length) length += 1;
    return `${length}${rest}`;
  });
  return { name: 'pax', flag: 'x', content: lines.join('') };
}
