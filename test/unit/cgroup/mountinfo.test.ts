import { describe, expect, test } from 'vitest';
import { directoryOf, parseMountinfo, parseProcCgroup } from '#cgroup/mountinfo.ts';

describe('parseMountinfo', () => {
  test('keeps cgroup mounts only, with their controllers', () => {
    const text = [
      '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
      '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 master:2 - cgroup cgroup rw,cpu,cpuacct',
      '40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd',
      '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate',
      '',
    ].join('\n');
    expect(parseMountinfo(text)).toEqual([
      { version: 'v1', root: '/', mountPoint: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
      {
        version: 'v1',
        root: '/',
        mountPoint: '/sys/fs/cgroup/systemd',
        controllers: ['xattr', 'name=systemd'],
      },
      { version: 'v2', root: '/', mountPoint: '/sys/fs/cgroup/unified', controllers: [] },
    ]);
  });

  test('decodes octal escapes', () => {
    const [mount] = parseMountinfo('1 2 0:3 /a\\040b\\134 /sys/fs/cgroup/x\\011y rw - cgroup2 none rw');
    expect(mount).toMatchObject({ root: '/a b\\', mountPoint: '/sys/fs/cgroup/x\ty' });
  });

  test('drops a mount that a later one at the same place hides', () => {
    const text = [
      '1 2 0:3 / /sys/fs/cgroup rw - cgroup2 none rw',
      '4 2 0:5 / /sys/fs/cgroup rw - tmpfs tmpfs rw',
    ].join('\n');
    expect(parseMountinfo(text)).toEqual([]);
  });

  test.each(['', 'garbage', '1 2 0:3 / /x rw shared:1 cgroup2 none rw', '1 2 3 -'])('ignores %j', (text) => {
    expect(parseMountinfo(text)).toEqual([]);
  });
});

describe('parseProcCgroup', () => {
  test('reads v1, named and v2 entries, and paths with colons', () => {
    expect(parseProcCgroup('9:name=systemd:/\n2:cpu,cpuacct:/a:b\n0::/user.slice\n')).toEqual([
      { controllers: ['name=systemd'], path: '/' },
      { controllers: ['cpu', 'cpuacct'], path: '/a:b' },
      { controllers: [], path: '/user.slice' },
    ]);
  });

  test('ignores lines of another form', () => {
    expect(parseProcCgroup('x:y:/z\n1:cpu:relative\n')).toEqual([]);
  });
});

describe('directoryOf', () => {
  const mount = {
    version: 'v1',
    root: '/',
    mountPoint: '/sys/fs/cgroup/memory',
    controllers: ['memory'],
  } as const;

  test.each([
    ['/', '/', '/sys/fs/cgroup/memory'],
    ['/', '/a/b', '/sys/fs/cgroup/memory/a/b'],
    ['/docker/1', '/docker/1', '/sys/fs/cgroup/memory'],
    ['/docker/1', '/docker/1/sub', '/sys/fs/cgroup/memory/sub'],
    ['/docker/1', '/docker/12', null],
    ['/docker/1', '/', null],
    ['/', '/../elsewhere', null],
    ['/..', '/', null],
  ])('a mount of %s shows %s at %s', (root, path, expected) => {
    expect(directoryOf({ ...mount, root }, path)).toBe(expected);
  });
});
