/** Each of the nine trees from this host's files: within its size, as it was built, and the same when it is built again. */
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeTree } from '#rootfs/harden.ts';
import { verifyRootfs } from '#rootfs-commands.ts';
import { gate } from '../helpers/gate.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { buildFromHost } from './build-from-host.ts';
import { lackOfHost, TREE_FAILURES, TREE_STORE } from './built-trees.ts';

/** Most bytes, and a command that it is for. Where `twice` is set, it is built a second time. */
const TREES = [
  { name: 'bash', command: 'bash', maxBytes: 10e6, twice: true },
  { name: 'python', command: 'python3', maxBytes: 45e6, twice: true },
  { name: 'javascript', command: 'node', maxBytes: 110e6, twice: true },
  { name: 'ruby', command: 'ruby', maxBytes: 40e6, twice: true },
  { name: 'c', command: 'gcc', maxBytes: 120e6, twice: true },
  { name: 'cpp', command: 'g++', maxBytes: 170e6, twice: false },
  { name: 'go', command: 'go', maxBytes: 330e6, twice: false },
  { name: 'rust', command: 'rustc', maxBytes: 490e6, twice: false },
  { name: 'java', command: 'javac', maxBytes: 80e6, twice: true },
];

/** Java's archive is made by one processor, which others may want too. */
const TIMEOUT_MS = 240_000;

function filesOf(store: string, sha256: string): unknown[] {
  return JSON.parse(readFileSync(join(store, 'trees', sha256, 'manifest.json'), 'utf8')) as unknown[];
}

sandboxed('a tree of the host’s files', () => {
  const second = mkdtempSync(join(tmpdir(), 'warder-second-store-'));
  beforeAll(() => chmodSync(second, 0o755));
  afterAll(() => removeTree(second));

  for (const { name, command, maxBytes, twice } of TREES) {
    const lack = lackOfHost(name);
    gate(
      `tree-${name}`,
      lack === null,
      lack ?? '',
    )(name, () => {
      test('is within its size, and every byte is as it was built', async () => {
        expect(TREE_FAILURES.get(name)).toBeUndefined();
        const env = { ...process.env, WARDER_ROOTFS_STORE: TREE_STORE };
        const { record } = await verifyRootfs(name, env);
        expect(record.bytes).toBeLessThanOrEqual(maxBytes);
        expect(record.layout.commands).toHaveProperty(command);
      });

      if (twice)
        test('built again, it is the same', { timeout: TIMEOUT_MS }, async () => {
          const { sha256 } = await verifyRootfs(name, { ...process.env, WARDER_ROOTFS_STORE: TREE_STORE });
          const again = await buildFromHost(name, second);
          expect(filesOf(second, again.sha256)).toEqual(filesOf(TREE_STORE, sha256));
          expect(again.sha256).toBe(sha256);
        });
    });
  }
});
