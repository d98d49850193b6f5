import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { extractDebian } from '#rootfs/debian.ts';
import { makeLink } from '#rootfs/steps.ts';

let scratch: string;
let root: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'warder-steps-'));
  root = join(scratch, 'root');
  mkdirSync(root);
});
afterEach(() => rmSync(scratch, { recursive: true }));

test('a link takes the place of what is there, in directories that are made for it', async () => {
  await makeLink(root, '/usr/bin/cc', 'gcc');
  await makeLink(root, '/usr/bin/cc', 'clang');
  expect(readlinkSync(join(root, 'usr/bin/cc'))).toBe('clang');
});

test.each([
  ['an absolute link', () => join(scratch, 'host')],
  ['a link that climbs', () => '../host'],
  ['a link to a file', () => '../host/file'],
])('%s in the tree leads no step to the host’s files', async (_, to) => {
  mkdirSync(join(scratch, 'host'));
  writeFileSync(join(scratch, 'host/file'), 'mine');
  symlinkSync(to(), join(root, 'way'));
  await expect(makeLink(root, '/way/file', 'evil')).rejects.toThrow(/leads through way/);
  await expect(makeLink(root, '/way/new/file', 'evil')).rejects.toThrow(/leads through way/);
  expect(existsSync(join(scratch, 'host/new'))).toBe(false);
  expect(() => readlinkSync(join(scratch, 'host/file'))).toThrow(/EINVAL/);
});

test.each([
  '--setup-hook=touch pwned',
  '-',
  './sources.list',
  '/etc/apt/sources.list',
  'deb http://a b main\n--setup-hook=x',
  'http://a b',
  '',
])('%j is no mirror', async (mirror) => {
  const nothing = { uid: 0, mtime: 0, timeoutMs: 1000, signal: undefined, onLine: () => {} };
  const wanted = { name: 'bash', suite: 'bookworm', include: ['bash'], mirror, directory: root };
  await expect(extractDebian({ ...nothing, ...wanted })).rejects.toMatchObject({
    code: 'HOST_ROOTFS_BUILD_FAILED',
    message: expect.stringContaining('neither a URL nor an apt sources line'),
    hint: expect.stringContaining('--mirror http'),
  });
});
