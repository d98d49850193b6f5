/** Set-up of the project `languages`: an empty store for the run, in which the first file that needs trees builds them. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removeTree } from '#rootfs/harden.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly treeStore: string;
  }
}

export function setup({ provide }: TestProject): () => Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'warder-language-trees-'));
  // Sandboxes of root run under other uids, which have to get to the trees.
  chmodSync(store, 0o755);
  provide('treeStore', store);
  return () => removeTree(store);
}
