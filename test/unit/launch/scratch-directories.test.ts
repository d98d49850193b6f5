import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLockAll } from '#launch/lock.ts';
import { removeScratchDirectories } from '#launch/scratch-directories.ts';
import { createUidPool } from '#launch/uid-pool.ts';
import { gate } from '../../helpers/gate.ts';
import { NATIVE_PATH as nativePath } from '../../helpers/native.ts';

const FIRST = 1_950_000_000;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'warder-scratch-'));
  for (const name of ['one', 'two', 'runtime', 'runtime/uids']) mkdirSync(join(root, name), { mode: 0o700 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function remove(): Promise<readonly string[]> {
  const parents = [join(root, 'one'), join(root, 'none'), join(root, 'two')];
  return removeScratchDirectories({
    runtimeDir: join(root, 'runtime'),
    nativePath,
    parents,
    first: FIRST,
    count: 100,
  });
}

function make(name: string, uid: number, gid = uid): string {
  const path = join(root, name);
  mkdirSync(path);
  chownSync(path, uid, gid);
  return path;
}

const isRoot = process.geteuid?.() === 0;
const ready = gate('native', isRoot && existsSync(nativePath), isRoot ? 'it is not built' : 'not root');

ready('directories that nsjail left', () => {
  test('are removed, in each place, more than a batch of them', async () => {
    const made = Array.from({ length: 70 }, (_, i) => make(`one/nsjail.${FIRST + i}.root`, FIRST + i));
    made.push(make(`two/nsjail.${FIRST}.tmp`, FIRST));
    expect([...(await remove())].sort()).toEqual(made.toSorted());
    expect(made.filter((path) => existsSync(path))).toEqual([]);
    expect(await remove()).toEqual([]);
  });

  test('stay when anything about them is not as nsjail leaves it', async () => {
    const kept = [
      make(`one/nsjail.${FIRST - 1}.root`, FIRST - 1),
      make(`one/nsjail.${FIRST + 100}.root`, FIRST + 100),
      make('one/nsjail.0.root', 0),
      make(`one/nsjail.0${FIRST}.root`, FIRST),
      make(`one/nsjail.${FIRST}.rootfs`, FIRST),
      make(`one/xnsjail.${FIRST}.root`, FIRST),
      make(`one/nsjail.${FIRST + 1}.root`, 0),
      make(`one/nsjail.${FIRST + 2}.root`, FIRST + 2, 0),
      make(`one/nsjail.${FIRST + 3}.root`, FIRST + 4),
      make(`one/nsjail.${FIRST + 5}.root`, FIRST + 5),
    ];
    writeFileSync(join(root, `one/nsjail.${FIRST + 5}.root/file`), '');
    const elsewhere = make('elsewhere', FIRST + 6);
    symlinkSync(elsewhere, join(root, `one/nsjail.${FIRST + 6}.root`));
    writeFileSync(join(root, `one/nsjail.${FIRST + 7}.tmp`), '');
    chownSync(join(root, `one/nsjail.${FIRST + 7}.tmp`), FIRST + 7, FIRST + 7);
    expect(await remove()).toEqual([]);
    expect([...kept, elsewhere].filter((path) => !existsSync(path))).toEqual([]);
  });

  test('stay while a run has the uid', async () => {
    const path = make(`one/nsjail.${FIRST}.root`, FIRST);
    const free = make(`one/nsjail.${FIRST + 1}.root`, FIRST + 1);
    const lease = await open(join(root, 'runtime/uids', String(FIRST)), 'a', 0o600);
    expect(await tryLockAll(nativePath, [lease])).toEqual([true]);
    expect(await remove()).toEqual([free]);
    await lease.close();
    expect(await remove()).toEqual([path]);
  });

  test('go with the pool of uids that holds them, and no others do', async () => {
    const parents = [join(root, 'one'), join(root, 'two')];
    const own = [make(`one/nsjail.${FIRST}.root`, FIRST), make(`two/nsjail.${FIRST}.tmp`, FIRST)];
    const kept = [
      make(`one/nsjail.${FIRST + 1}.root`, FIRST + 1),
      make(`one/nsjail.${FIRST}.tmp`, FIRST + 1),
      make(`two/nsjail.${FIRST}.root`, FIRST),
    ];
    writeFileSync(join(root, `two/nsjail.${FIRST}.root/file`), '');
    const options = { runtimeDir: join(root, 'runtime'), nativePath, first: FIRST, count: 1 };
    const pool = createUidPool({ ...options, scratchParents: parents });
    (await pool.lease()).release();
    expect(own.filter((path) => existsSync(path))).toEqual(own);
    await pool.close();
    expect(own.filter((path) => existsSync(path))).toEqual([]);
    expect(kept.filter((path) => existsSync(path))).toEqual(kept);
  });
});
