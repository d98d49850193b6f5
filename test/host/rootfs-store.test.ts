/** Stores that are full, read-only, open to others or out of reach: refused with the reason, and nothing is left. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listRootfs } from '#rootfs-commands.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { build, makeStore } from '../helpers/tree-stores.ts';

sandboxed('a store', () => {
  /** Its files are few; its step writes until the disk is full. */
  const FILLS = `version: 1
name: fills
description: Fills the disk
languages: []
maxSize: 100MiB
closure: { commands: [dd] }
steps: [{ run: [dd, if=/dev/zero, of=/usr/lib/big, bs=1M, count=64] }]
smoke: { files: {}, run: [[dd, --version]], stdout: '' }
`;
  test.each([
    ['while files are copied', 'bash', '4m'],
    ['in a step', 'fills', '32m'],
  ])('that fills %s refuses the build, and nothing of it is left or used', async (_, name, size) => {
    const store = makeStore();
    const scratch = mkdtempSync(join(tmpdir(), 'warder-manifest-'));
    writeFileSync(join(scratch, 'fills.yaml'), FILLS);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', store.path]);
    try {
      const wanted = name === 'fills' ? join(scratch, 'fills.yaml') : name;
      await expect(build(store, wanted)).rejects.toMatchObject({
        code: 'HOST_ROOTFS_STORE',
        message: expect.stringContaining('no space left'),
        hint: expect.stringContaining('WARDER_ROOTFS_STORE'),
      });
      expect(readdirSync(join(store.path, 'trees'))).toEqual([]);
      expect(readdirSync(join(store.path, 'building'))).toEqual([`${name}.lock`]);
      expect((await listRootfs(store.env)).map(({ state }) => state)).not.toContain('built');
    } finally {
      execFileSync('umount', [store.path]);
      for (const path of [store.path, scratch]) rmSync(path, { recursive: true });
    }
  });

  test('on a file system that is read-only is refused with the reason', async () => {
    const store = makeStore();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=755', 'tmpfs', store.path]);
    try {
      await expect(build(store, 'bash')).rejects.toMatchObject({
        code: 'HOST_ROOTFS_STORE',
        message: expect.stringContaining('EROFS'),
      });
    } finally {
      execFileSync('umount', [store.path]);
      rmSync(store.path, { recursive: true });
    }
  });

  test.each([
    ['that others can write to', (path: string) => chmodSync(path, 0o777), /others can write/],
    ['that programs cannot get to', (path: string) => chmodSync(path, 0o700), /other uids/],
  ])('%s is refused', async (_, spoil, expected) => {
    const store = makeStore();
    try {
      spoil(store.path);
      await expect(build(store, 'bash')).rejects.toMatchObject({
        code: 'HOST_ROOTFS_STORE',
        message: expect.stringMatching(expected),
      });
    } finally {
      rmSync(store.path, { recursive: true });
    }
  });
});
