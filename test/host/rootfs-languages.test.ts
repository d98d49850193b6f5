/** Each of the nine trees from this host's files: it builds, its smoke program runs, it is not larger than promised. */
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildRootfs, verifyRootfs } from '#rootfs-commands.ts';
import { gate } from '../helpers/gate.ts';
import { sandboxed } from '../helpers/sandbox.ts';

/** Command that has to be installed → most bytes of the tree. Where `twice` is set, two builds have to be equal. */
const TREES = [
  { name: 'bash', command: 'bash', maxBytes: 10e6, twice: true },
  { name: 'python', command: 'python3', maxBytes: 45e6, twice: true },
  { name: 'javascript', command: 'node', maxBytes: 110e6, twice: true },
  { name: 'ruby', command: 'ruby', maxBytes: 40e6, twice: true },
  { name: 'c', command: 'gcc', maxBytes: 120e6, twice: true },
  { name: 'cpp', command: 'g++', maxBytes: 170e6, twice: false },
  { name: 'go', command: 'go', maxBytes: 330e6, twice: false },
  { name: 'rust', command: 'rustc', maxBytes: 490e6, twice: false },
  // The archive of classes is not the same every time: docs/rootfs.md, "The same tree twice".
  { name: 'java', command: 'javac', maxBytes: 80e6, twice: false },
];
/** The largest of them copies and compiles for a while on a busy machine. */
const TIMEOUT_MS = 240_000;

const store = mkdtempSync(join(tmpdir(), 'warder-store-'));
chmodSync(store, 0o755);
afterAll(() => rmSync(store, { recursive: true, force: true }));
const env = { ...process.env, WARDER_ROOTFS_STORE: store };

function build(name: string) {
  const options = {
    builder: 'closure',
    mirror: null,
    downloadTimeoutMs: 1000,
    onProgress: () => {},
  } as const;
  return buildRootfs(name, { env, ...options });
}

function isInstalled(command: string): boolean {
  return ['/usr/local/bin', '/usr/bin'].some((directory) => existsSync(join(directory, command)));
}

sandboxed('a tree of the host’s files', () => {
  for (const { name, command, maxBytes, twice } of TREES) {
    gate(
      command,
      isInstalled(command),
      `${command} is not in /usr/bin or /usr/local/bin`,
    )(name, () => {
      test('builds, runs its smoke program, and is within its size', { timeout: TIMEOUT_MS }, async () => {
        const { sha256, record } = await build(name);
        expect(record.bytes).toBeLessThanOrEqual(maxBytes);
        expect(record.layout.commands).toHaveProperty(command);
        await expect(verifyRootfs(name, env)).resolves.toMatchObject({ sha256 });
        if (twice) expect((await build(name)).sha256).toBe(sha256);
      });
    });
  }
});
