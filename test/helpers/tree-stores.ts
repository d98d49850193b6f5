import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Builder } from '#rootfs/build.ts';
import { buildRootfs } from '#rootfs-commands.ts';

/** A store of trees for a test, which removes it. */
export interface Store {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

export function makeStore(): Store {
  const path = mkdtempSync(join(tmpdir(), 'warder-store-'));
  chmodSync(path, 0o755);
  return { path, env: { ...process.env, WARDER_ROOTFS_STORE: path } };
}

export function build({ env }: Pick<Store, 'env'>, name: string, builder: Builder = 'closure') {
  return buildRootfs(name, { env, builder, mirror: null, downloadTimeoutMs: 60_000, onProgress: () => {} });
}
