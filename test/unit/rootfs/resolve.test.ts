import { describe, expect, test } from 'vitest';
import { type HostTree, resolveRootfs } from '#rootfs/resolve.ts';

const HOST: HostTree = {
  topLevel: [
    { path: '/bin', linkTo: 'usr/bin' },
    { path: '/lib64', linkTo: null },
  ],
  etc: ['/etc/ld.so.cache'],
  commands: { bash: '/usr/bin/bash' },
  path: ['/usr/bin'],
};

describe.each(['host', 'auto'])('%s, where no tree is built', (name) => {
  test('shows the host’s own /usr, real top-level directories and the named files of /etc', () => {
    const same = (path: string) => ({ source: path, target: path });
    expect(resolveRootfs(name, HOST)).toEqual({
      name: 'host',
      sha256: null,
      binds: [same('/usr'), same('/lib64'), same('/etc/ld.so.cache')],
      symlinks: [{ target: '/bin', to: 'usr/bin' }],
      path: ['/usr/bin'],
      commands: { bash: '/usr/bin/bash' },
    });
  });
});

test('a name that is not built is refused, not replaced', () => {
  expect(() => resolveRootfs('python-3.12', HOST)).toThrow(
    expect.objectContaining({ code: 'HOST_ROOTFS_MISSING', details: { rootfs: 'python-3.12' } }),
  );
});
