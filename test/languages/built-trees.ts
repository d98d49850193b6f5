/**
 * The trees of the languages that this host has, built from its own files: once for a run of the project, by the first
 * file that imports this, and removed by tree-store.ts.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { LANGUAGES, toolsOf } from '#languages/registry.ts';
import { languagesHere } from '#languages-here.ts';
import { NATIVE_PATH } from '../helpers/native.ts';
import { buildFromHost } from './build-from-host.ts';
import { buildTypescriptTree, HAS_TYPESCRIPT_TREE } from './typescript-tree.ts';

export const TREE_STORE = inject('treeStore');

const MAX_PARALLEL = 4;

/** Those that take longest first, so that nothing long is left for the end. */
const TREES = ['cpp', 'go', 'java', 'python', 'c', 'ruby', 'rust', 'javascript', 'bash'];

const missing = new Map((await languagesHere()).map((here) => [here.language.id, here.missing]));

/** Why this host's files give no tree; null where they have to. */
export function lackOfHost(id: string): string | null {
  const language = LANGUAGES.find((known) => known.id === id);
  const lacking = missing.get(id) ?? (language ? toolsOf(language).flat() : [id]);
  return lacking.length > 0 ? `${lacking.join(' and ')} is not in /usr` : null;
}

/** Name → why it could not be built, of trees that this host's files should give: failures, not skips. */
export const TREE_FAILURES: ReadonlyMap<string, unknown> = await buildAll();

async function buildAll(): Promise<ReadonlyMap<string, unknown>> {
  const failures = new Map<string, unknown>();
  // Without these no suite of the project runs.
  if (!existsSync(NATIVE_PATH)) return failures;
  const isBuilt = (name: string) => existsSync(join(TREE_STORE, 'names', `${name}.json`));
  const waiting = TREES.filter((name) => lackOfHost(name) === null && !isBuilt(name));
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const wanted = name;
      await buildFromHost(wanted, TREE_STORE).catch((error: unknown) => failures.set(wanted, error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_PARALLEL, availableParallelism()) }, work));
  if (HAS_TYPESCRIPT_TREE && !failures.has('javascript') && !isBuilt('typescript')) {
    await buildTypescriptTree(TREE_STORE).catch((error: unknown) => failures.set('typescript', error));
  }
  return failures;
}
