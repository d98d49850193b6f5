import { buildRootfs } from '#rootfs-commands.ts';

export function buildFromHost(name: string, store: string) {
  return buildRootfs(name, {
    env: { ...process.env, WARDER_ROOTFS_STORE: store },
    builder: 'closure',
    mirror: null,
    downloadTimeoutMs: 1000,
    onProgress: () => {},
  });
}
