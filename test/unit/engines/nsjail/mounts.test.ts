import { describe, expect, test } from 'vitest';
import { fileMount, nsjailMounts } from '#engines/nsjail/mounts.ts';
import type { MountOp } from '#plan/types.ts';
import { PLAN } from './plan.ts';

const one = (op: MountOp) => nsjailMounts([op]);

describe('each kind', () => {
  test.each<[string, MountOp, object[]]>([
    [
      'tmpfs',
      { kind: 'tmpfs', target: '/tmp', sizeBytes: 4096, inodes: 10, mode: 0o1777, control: 'tmp' },
      [
        {
          dst: '/tmp',
          fstype: 'tmpfs',
          options: 'size=4096,nr_inodes=10,mode=1777',
          rw: true,
          nosuid: true,
          nodev: true,
        },
      ],
    ],
    [
      'tmpfs without a cap on inodes',
      { kind: 'tmpfs', target: '/w', sizeBytes: 1, inodes: null, mode: 0o755, control: 'tmp' },
      [{ dst: '/w', fstype: 'tmpfs', options: 'size=1,mode=0755', rw: true, nosuid: true, nodev: true }],
    ],
    [
      'bind',
      { kind: 'bind', source: '/srv/a b', target: '/data', readOnly: true },
      [{ src: '/srv/a b', dst: '/data', is_bind: true, rw: false, nosuid: true, nodev: true }],
    ],
    [
      'writable bind',
      { kind: 'bind', source: '/srv', target: '/data', readOnly: false },
      [{ src: '/srv', dst: '/data', is_bind: true, rw: true, nosuid: true, nodev: true }],
    ],
    [
      'symlink',
      { kind: 'symlink', target: '/bin', to: 'usr/bin' },
      [{ src: 'usr/bin', dst: '/bin', is_symlink: true }],
    ],
    [
      'file',
      { kind: 'file', target: '/etc/x', content: 'a\n', mode: 0o444 },
      [{ src_content: 'a\n', dst: '/etc/x', rw: false, nosuid: true, nodev: true }],
    ],
    [
      'device, the one place where nodev is off',
      { kind: 'device', name: 'null' },
      [{ src: '/dev/null', dst: '/dev/null', is_bind: true, rw: true, nosuid: true, noexec: true }],
    ],
    [
      'proc',
      { kind: 'proc' },
      [{ dst: '/proc', fstype: 'proc', rw: false, nosuid: true, nodev: true, noexec: true }],
    ],
    [
      'mask',
      { kind: 'mask', target: '/proc/keys' },
      [
        {
          src: '/dev/null',
          dst: '/proc/keys',
          is_bind: true,
          is_dir: true,
          rw: false,
          nosuid: true,
          nodev: true,
        },
      ],
    ],
    ['read-only at the end', { kind: 'remountReadOnly', target: '/' }, []],
  ])('%s', (_, op, expected) => expect(one(op)).toEqual(expected));
});

test('in the order of the plan; read-only is what the plan makes read-only, and nothing else', () => {
  expect(nsjailMounts(PLAN.mounts).map(({ dst, rw }) => [dst, rw])).toEqual([
    ['/', false],
    ['/usr', false],
    ['/proc', false],
    ['/dev', false],
    ['/tmp', true],
  ]);
});

test('every failure to mount ends the run', () => {
  for (const mount of nsjailMounts(PLAN.mounts)) expect(mount).not.toHaveProperty('mandatory');
});

test('an empty file is a mount of /dev/null, since empty content means none to nsjail', () => {
  const expected = { src: '/dev/null', dst: '/workspace/x', is_bind: true, rw: false, nosuid: true };
  expect(fileMount('/workspace/x', '')).toEqual(expected);
  expect(fileMount('/workspace/x', new Uint8Array())).toEqual(expected);
});

test.each([
  [0, null],
  [4096, 0],
  [4096, -1],
])('a tmpfs of %s bytes and %s inodes would be without limit, so it is refused', (sizeBytes, inodes) => {
  const op = { kind: 'tmpfs', target: '/tmp', sizeBytes, inodes, mode: 0o755, control: null } as const;
  expect(() => one(op)).toThrow(expect.objectContaining({ code: 'INTERNAL_BUG' }));
});
