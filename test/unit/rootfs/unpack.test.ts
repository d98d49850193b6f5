import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TarError } from '#rootfs/tar.ts';
import { type LayerOptions, UNPACK_LIMITS, Unpacker, type UnpackLimits } from '#rootfs/unpack.ts';
import { type Header, pax, tar } from './tar-writer.ts';

const PLAIN = { layer: false, specials: 'refuse' } as const;
const LAYER = { layer: true, specials: 'refuse' } as const;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'warder-unpack-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

let runs = 0;
/** Path → content, `-> target` for a link, `/` for a directory. */
async function unpack(
  archives: readonly Buffer[],
  options: LayerOptions = PLAIN,
  limits: UnpackLimits = UNPACK_LIMITS,
): Promise<Record<string, string>> {
  runs += 1;
  const [spool, root] = [join(directory, `spool${runs}`), join(directory, `root${runs}`)];
  mkdirSync(spool);
  mkdirSync(root);
  const unpacker = new Unpacker(spool, limits);
  // In small pieces, so that every header is cut somewhere.
  for (const archive of archives)
    await unpacker.add(Readable.from(pieces(archive), { objectMode: false }), options);
  await unpacker.place(root);
  return Object.fromEntries(listing(root, ''));
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

function listing(root: string, inside: string): [string, string][] {
  return readdirSync(join(root, inside)).flatMap((name) => {
    const path = `${inside}/${name}`;
    const stat = lstatSync(join(root, path));
    if (stat.isSymbolicLink()) return [[path, `-> ${readlinkSync(join(root, path))}`] as [string, string]];
    if (stat.isDirectory()) return [[path, '/'] as [string, string], ...listing(root, path)];
    return [[path, readFileSync(join(root, path), 'utf8')] as [string, string]];
  });
}

describe('an archive', () => {
  test('of GNU tar comes out as it went in, long names and all', async () => {
    const source = join(directory, 'source');
    const long = 'n'.repeat(120);
    execFileSync('mkdir', ['-p', `${source}/${long}/${long}`]);
    writeFileSync(`${source}/${long}/${long}/file`, 'deep');
    writeFileSync(`${source}/empty`, '');
    execFileSync('ln', ['-s', '../x', `${source}/${long}/link`]);
    execFileSync('ln', [`${source}/empty`, `${source}/hard`]);
    for (const format of ['gnu', 'pax']) {
      const archive = execFileSync('tar', ['-C', source, `--format=${format}`, '-cf', '-', '.']);
      expect(await unpack([archive])).toEqual({
        [`/${long}`]: '/',
        [`/${long}/${long}`]: '/',
        [`/${long}/${long}/file`]: 'deep',
        [`/${long}/link`]: '-> ../x',
        '/empty': '',
        '/hard': '',
      });
    }
  });

  test('writes through its own links only inside the tree', async () => {
    const archive = tar(
      { name: 'bin', flag: '2', link: '/usr/bin' },
      { name: 'bin/tool', content: 'tool' },
      { name: 'a', flag: '2', link: '/../../..' },
      { name: 'a/etc/passwd', content: 'mine' },
    );
    // `/..` of a root is the root; as a relative link it would be refused.
    await expect(unpack([archive])).rejects.toThrow(/link out of the tree/);
    expect(
      await unpack([
        tar({ name: 'bin', flag: '2', link: '/usr/bin' }, { name: 'bin/tool', content: 'tool' }),
      ]),
    ).toEqual({
      '/bin': '-> /usr/bin',
      '/usr': '/',
      '/usr/bin': '/',
      '/usr/bin/tool': 'tool',
    });
  });

  const REFUSED: readonly (readonly [string, readonly Header[], RegExp])[] = [
    ['a name with ..', [{ name: '../x' }], /leads out/],
    ['a name with .. in it', [{ name: 'a/../../x' }], /leads out/],
    ['a pax name with ..', [pax({ path: '../x' }), { name: 'x' }], /leads out/],
    ['a link that climbs out', [{ name: 'a/l', flag: '2', link: '../../x' }], /link out of the tree/],
    ['a link to nowhere', [{ name: 'l', flag: '2', link: '' }], /link to nowhere/],
    ['a hard link to the host', [{ name: 'h', flag: '1', link: '/etc/passwd' }], /no file of the archive/],
    ['a hard link out', [{ name: 'h', flag: '1', link: '../x' }], /leads out/],
    ['a name twice', [{ name: 'x' }, { name: './x' }], /twice/],
    ['a file through a file', [{ name: 'x' }, { name: 'x/y' }], /file/],
    [
      'links in a circle',
      [{ name: 'a', flag: '2', link: 'b' }, { name: 'b', flag: '2', link: 'a' }, { name: 'a/x' }],
      /too many links/,
    ],
    ['a character device', [{ name: 'd', flag: '3' }], /device/],
    ['a block device', [{ name: 'd', flag: '4' }], /device/],
    ['a FIFO', [{ name: 'f', flag: '6' }], /fifo/],
    ['an unknown type', [{ name: 'f', flag: 'Z' }], /unknown type/],
    ['a name that is too long', [pax({ path: 'n'.repeat(300) }), { name: 'x' }], /too long/],
    ['a name with a NUL', [pax({ path: 'a\0b' }), { name: 'x' }], /NUL/],
    ['a sparse file', [pax({ 'GNU.sparse.major': '1' }), { name: 'x' }], /sparse/],
    ['a size beyond the end', [{ name: 'x', size: 10_000_000 }], /too early/],
  ];
  test.each(REFUSED)('%s is refused', async (_, headers, expected) => {
    await expect(unpack([tar(...headers)])).rejects.toThrow(expected);
    await expect(unpack([tar(...headers)])).rejects.toBeInstanceOf(TarError);
  });

  test('whose numbers are larger than the caps is refused', async () => {
    const many = tar(...Array.from({ length: 11 }, (_, index) => ({ name: `f${index}` })));
    await expect(unpack([many], PLAIN, { maxEntries: 10, maxBytes: 100 })).rejects.toThrow(
      /more than 10 entries/,
    );
    const large = tar({ name: 'a', content: 'x'.repeat(60) }, { name: 'b', content: 'x'.repeat(60) });
    await expect(unpack([large], PLAIN, { maxEntries: 10, maxBytes: 100 })).rejects.toThrow(
      /more than 100 bytes/,
    );
    expect(await unpack([large], PLAIN, { maxEntries: 10, maxBytes: 120 })).toHaveProperty('/b');
  });

  test('changed anywhere is unpacked or refused, and never leaves its directory', async () => {
    const good = tar(
      { name: 'd/', flag: '5' },
      { name: 'd/f', content: 'text' },
      { name: 'l', flag: '2', link: 'd/f' },
    );
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        await unpack([bytes]).catch((error: unknown) => expect(error).toBeInstanceOf(TarError));
        expect(readdirSync(directory).every((name) => /^(?:root|spool)\d+$/.test(name))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('layers of an image', () => {
  test('replace and remove what lower ones brought', async () => {
    const lower = tar(
      { name: 'keep', content: '1' },
      { name: 'gone', content: '1' },
      { name: 'dir/a', content: '1' },
      { name: 'opaque/old', content: '1' },
      { name: 'file', content: '1' },
    );
    const upper = tar(
      { name: '.wh.gone' },
      { name: 'dir/.wh.a' },
      { name: 'opaque/new', content: '2' },
      { name: 'opaque/.wh..wh..opq' },
      { name: 'file', content: '2' },
    );
    expect(await unpack([lower, upper], LAYER)).toEqual({
      '/keep': '1',
      '/dir': '/',
      '/opaque': '/',
      '/opaque/new': '2',
      '/file': '2',
    });
  });

  test('a whiteout cannot name the directory that it lies in, or one above', async () => {
    const lower = tar({ name: 'a/b/c', content: '1' });
    for (const name of ['a/b/.wh.', 'a/b/.wh...', 'a/b/.wh..']) {
      const found = await unpack([lower, tar({ name })], LAYER).catch((error: unknown) => error);
      if (!(found instanceof TarError)) expect(found).toHaveProperty('/a/b/c');
    }
  });
});
