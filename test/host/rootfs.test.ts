/** Trees that are really built, run in, broken, and built again. Each suite has a store of its own. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunOptions } from '#index.ts';
import { importRootfs, listRootfs, removeRootfs, verifyRootfs } from '#rootfs-commands.ts';
import { openWarder } from '#warder.ts';
import { type Place, places } from '../helpers/places.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { build, makeStore, type Store } from '../helpers/tree-stores.ts';

async function run({ env }: Store, request: RunOptions, engine: Place['engine'] = 'bubblewrap') {
  const warder = await openWarder({ policy: 'production', engine }, env);
  return warder.run(request).finally(() => warder.close());
}

sandboxed('a built tree', () => {
  const store = makeStore();
  let sha256: string;
  let root: string;
  beforeAll(async () => {
    ({ sha256 } = await build(store, 'bash'));
    root = join(store.path, 'trees', sha256, 'root');
  });
  afterAll(() => rmSync(store.path, { recursive: true, force: true }));

  test('has nothing that is setuid, writable, a device, or somebody else’s, and no extended attributes', () => {
    const find = (...args: string[]) => execFileSync('find', [root, ...args], { encoding: 'utf8' });
    expect(find('-type', 'f').split('\n').length).toBeGreaterThan(20);
    expect(find('-perm', '/7000')).toBe('');
    expect(find('!', '-type', 'l', '-perm', '/222')).toBe('');
    expect(find('!', '-type', 'f', '!', '-type', 'd', '!', '-type', 'l')).toBe('');
    expect(find('!', '-user', '0')).toBe('');
    const attributes = `import os, sys
print([(p, os.listxattr(os.path.join(p, f), follow_symlinks=False)) for p, d, fs in os.walk(sys.argv[1]) for f in d + fs
  if os.listxattr(os.path.join(p, f), follow_symlinks=False)])`;
    expect(execFileSync('/usr/bin/python3', ['-c', attributes, root], { encoding: 'utf8' })).toBe('[]\n');
  });

  test('is within ten megabytes', async () => {
    const [bash] = (await listRootfs(store.env)).filter(({ name }) => name === 'bash');
    expect(bash).toMatchObject({ state: 'built', sha256, languages: ['bash'] });
    expect(bash?.bytes).toBeLessThan(10_000_000);
  });

  test('built again, somewhere else, it is the same; with another SOURCE_DATE_EPOCH it is not', async () => {
    const other = makeStore();
    try {
      expect((await build(other, 'bash')).sha256).toBe(sha256);
      const later = await build({ env: { ...other.env, SOURCE_DATE_EPOCH: '1000000000' } }, 'bash');
      expect(later.sha256).not.toBe(sha256);
      expect(later.record.mtime).toBe(1_000_000_000);
      // The one before stays for programs that run in it; the one before that goes.
      const third = await build({ env: { ...other.env, SOURCE_DATE_EPOCH: '1000000001' } }, 'bash');
      expect(readdirSync(join(other.path, 'trees')).sort()).toEqual([later.sha256, third.sha256].sort());
    } finally {
      rmSync(other.path, { recursive: true, force: true });
    }
  });

  for (const place of places) {
    place.gate(`runs under production on ${place.engine}`, () => {
      test('by language, by command, and by name, with nothing weakened', async () => {
        const expected = { ok: true, rootfs: { name: 'bash', sha256 }, weakenings: [] };
        const byLanguage = await run(
          store,
          { language: 'bash', code: 'echo $(( 6 * 7 )) | tr 4 5' },
          place.engine,
        );
        expect(byLanguage).toMatchObject({ ...expected, stdout: { data: '52\n' } });
        expect(await run(store, { argv: ['seq', '2'] }, place.engine)).toMatchObject(expected);
        expect(await run(store, { argv: ['bash', '-c', ':'], rootfs: 'bash' }, place.engine)).toMatchObject(
          expected,
        );
      });

      test('the program cannot change it, and sees nothing else of the host', async () => {
        const code =
          'echo x > /usr/bin/new; rm -f /usr/bin/cat; chmod 777 /usr/bin/cat; find / -maxdepth 1 | sort; ls /etc /usr';
        const { stdout, stderr } = await run(store, { language: 'bash', code }, place.engine);
        expect(stderr.data.match(/Read-only file system/g)).toHaveLength(3);
        const top = ['', 'bin', 'dev', 'etc', 'lib', 'lib64', 'proc', 'tmp', 'usr', 'workspace'];
        expect(stdout.data.split('\n').slice(0, top.length)).toEqual(top.map((name) => `/${name}`));
        await expect(verifyRootfs('bash', store.env)).resolves.toMatchObject({ sha256 });
      });
    });
  }

  test('a command that no tree has, and a name that is not built, are refused with what helps', async () => {
    await expect(run(store, { argv: ['python3'] })).rejects.toMatchObject({
      code: 'HOST_CONTROL_UNENFORCEABLE',
      hint: expect.stringContaining('warder rootfs build'),
    });
    await expect(run(store, { argv: ['true'], rootfs: 'ruby' })).rejects.toMatchObject({
      code: 'HOST_ROOTFS_MISSING',
      hint: expect.stringContaining('warder rootfs build ruby'),
    });
  });
});

sandboxed('a tree that somebody changed', () => {
  const store = makeStore();
  afterAll(() => rmSync(store.path, { recursive: true, force: true }));
  const program: RunOptions = { language: 'bash', code: 'echo hi' };

  const TAMPERED: readonly (readonly [string, (tree: string) => void, boolean])[] = [
    ['a program that became writable', (tree) => chmodSync(join(tree, 'root/usr/bin/bash'), 0o757), true],
    ['a setuid program', (tree) => chmodSync(join(tree, 'root/usr/bin/bash'), 0o4555), true],
    ['a record that was changed', (tree) => writeFileSync(join(tree, 'tree.json'), '{}'), true],
    ['a program that is gone', (tree) => rmSync(join(tree, 'root/usr/bin/cat')), true],
    // These take reading every file, which a run does not do: see docs/rootfs.md.
    ['a byte', (tree) => writeFileSync(join(tree, 'root/usr/bin/seq'), 'x', { mode: 0o555 }), false],
    ['a file more', (tree) => writeFileSync(join(tree, 'root/usr/lib/more'), 'x', { mode: 0o444 }), false],
    ['a manifest that was changed', (tree) => writeFileSync(join(tree, 'manifest.json'), '[]'), false],
  ];
  test.each(TAMPERED)('%s: verify tells, and building again repairs', async (_, change, isSeenByRuns) => {
    const { sha256 } = await build(store, 'bash');
    expect((await run(store, program)).ok).toBe(true);
    change(join(store.path, 'trees', sha256));
    const damaged = {
      code: 'HOST_ROOTFS_DAMAGED',
      hint: expect.stringContaining('warder rootfs build bash'),
    };
    await expect(verifyRootfs('bash', store.env)).rejects.toMatchObject(damaged);
    if (isSeenByRuns) await expect(run(store, program)).rejects.toMatchObject(damaged);
    expect((await build(store, 'bash')).sha256).toBe(sha256);
    await expect(verifyRootfs('bash', store.env)).resolves.toMatchObject({ sha256 });
    expect((await run(store, program)).ok).toBe(true);
  });

  test('removed, it is not there any more, and nothing of it is', async () => {
    await removeRootfs('bash', store.env);
    expect(readdirSync(join(store.path, 'trees'))).toEqual([]);
    await expect(verifyRootfs('bash', store.env)).rejects.toMatchObject({ code: 'HOST_ROOTFS_MISSING' });
    await expect(removeRootfs('bash', store.env)).rejects.toMatchObject({ code: 'HOST_ROOTFS_MISSING' });
  });
});

describe('an import', () => {
  const store = makeStore();
  const scratch = mkdtempSync(join(tmpdir(), 'warder-import-'));
  afterAll(() => {
    for (const path of [store.path, scratch]) rmSync(path, { recursive: true, force: true });
  });
  const importAs = (name: string, source: string, languages: string[] = []) =>
    importRootfs({ name, source, languages }, { env: store.env, onProgress: () => {} });

  sandboxed('of a directory, an archive and an image', () => {
    let tree: string;
    let archive: Buffer;
    beforeAll(async () => {
      const { sha256 } = await build(store, 'bash');
      tree = join(store.path, 'trees', sha256, 'root');
      archive = execFileSync('tar', ['-C', tree, '-cf', '-', '.'], { maxBuffer: 2 ** 26 });
    });

    test('a directory', async () => {
      await importAs('copy', tree);
      expect(await run(store, { argv: ['seq', '1'], rootfs: 'copy' })).toMatchObject({
        ok: true,
        rootfs: { name: 'copy' },
      });
    });

    test('a compressed archive', async () => {
      writeFileSync(join(scratch, 'tree.tar.gz'), gzipSync(archive, { level: 1 }));
      await importAs('archive', join(scratch, 'tree.tar.gz'));
      expect(await run(store, { argv: ['seq', '1'], rootfs: 'archive' })).toMatchObject({ ok: true });
    });

    test.each([
      ['with nothing in it', [], /it holds no files/],
      ['of an image', ['oci-layout', 'index.json'], /an image in an archive.*skopeo copy/],
      ['of docker save', ['manifest.json', 'repositories'], /an image in an archive/],
    ])('an archive %s is no tree', async (_, names, expected) => {
      const source = mkdtempSync(join(scratch, 'no-tree-'));
      for (const name of names) writeFileSync(join(source, name), '{}');
      execFileSync('tar', ['-C', source, '-cf', join(scratch, 'no-tree.tar'), '.']);
      await expect(importAs('no-tree', join(scratch, 'no-tree.tar'))).rejects.toMatchObject({
        code: 'HOST_ROOTFS_SOURCE',
        message: expect.stringMatching(expected),
      });
    });

    test('an image of two layers, whose PATH it takes', async () => {
      const extra = join(scratch, 'extra');
      mkdirSync(join(extra, 'opt/tool'), { recursive: true });
      mkdirSync(join(extra, 'usr/bin'), { recursive: true });
      writeFileSync(join(extra, 'opt/tool/hello'), '#!/usr/bin/bash\necho from a layer\n', { mode: 0o4755 });
      writeFileSync(join(extra, 'usr/bin/.wh.seq'), '');
      const second = execFileSync('tar', ['-C', extra, '-cf', '-', '.']);
      const image = join(scratch, 'image');
      writeImage(image, [archive, second], ['PATH=/opt/tool:/usr/bin']);
      const { record } = await importAs('image', image, ['hello']);
      expect(record.layout.path).toEqual(['/opt/tool', '/usr/bin']);
      expect(record.layout.commands).not.toHaveProperty('seq');
      const result = await run(store, { argv: ['hello'], rootfs: 'image' });
      expect(result).toMatchObject({ ok: true, stdout: { data: 'from a layer\n' } });
    });

    test('an image with a blob that is not what its name says is refused', async () => {
      const image = join(scratch, 'forged');
      const [layer = ''] = writeImage(image, [archive], []);
      const blob = join(image, 'blobs/sha256', layer);
      const bytes = readFileSync(blob);
      bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
      writeFileSync(blob, bytes);
      await expect(importAs('forged', image)).rejects.toMatchObject({
        code: 'HOST_ROOTFS_SOURCE',
        message: expect.stringContaining('has other content'),
      });
      expect(existsSync(join(store.path, 'names/forged.json'))).toBe(false);
    });

    test.each([
      [
        'a FIFO',
        (path: string) => execFileSync('mkfifo', [join(path, 'fifo')]),
        /neither file, directory nor link/,
      ],
      [
        'a link out of it',
        (path: string) => execFileSync('ln', ['-s', '../../x', join(path, 'l')]),
        /link out of the tree/,
      ],
    ])('a directory with %s is refused', async (_, spoil, expected) => {
      const source = mkdtempSync(join(scratch, 'bad-'));
      spoil(source);
      await expect(importAs('bad', source)).rejects.toMatchObject({
        code: 'HOST_ROOTFS_SOURCE',
        message: expect.stringMatching(expected),
      });
      expect(readdirSync(join(store.path, 'building')).filter((name) => !name.endsWith('.lock'))).toEqual([]);
    });
  });
});

/** An OCI image layout; the digests of its layers. */
function writeImage(path: string, layers: readonly Buffer[], env: readonly string[]): string[] {
  const blobs = join(path, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (bytes: Buffer, mediaType: string) => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const json = (value: unknown, kind: string) =>
    put(Buffer.from(JSON.stringify(value)), `application/vnd.oci.image.${kind}+json`);
  const descriptors = layers.map((layer) =>
    put(gzipSync(layer, { level: 1 }), 'application/vnd.oci.image.layer.v1.tar+gzip'),
  );
  const config = json({ architecture: 'amd64', os: 'linux', config: { Env: env } }, 'config.v1');
  const manifest = json({ schemaVersion: 2, config, layers: descriptors }, 'manifest.v1');
  writeFileSync(join(path, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  writeFileSync(join(path, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return descriptors.map(({ digest }) => digest.slice('sha256:'.length));
}
