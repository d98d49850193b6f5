/** Where languages are tried: the host's own files and trees that are built of them, on each engine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import type { Language } from '#languages/types.ts';
import { gate } from '../helpers/gate.ts';
import { lackOfHost, TREE_FAILURES, TREE_STORE } from './built-trees.ts';
import { HAS_TYPESCRIPT_TREE, HOST_REMOVES_TYPES } from './typescript-tree.ts';

export interface LanguagePlace {
  readonly name: string;
  readonly engine: 'bubblewrap' | 'nsjail';
  readonly rootfs: 'auto' | 'host';
  readonly env: NodeJS.ProcessEnv;
  readonly gate: (language: Language) => ReturnType<typeof gate>;
}

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(join(directory, command)));
}

/** null where it can run. Trees are made of this machine's own tools, so that what the host lacks they lack. */
function lackOf(kind: 'host' | 'tree', { id }: Language): string | null {
  const hasNode = HOST_REMOVES_TYPES || (kind === 'tree' && HAS_TYPESCRIPT_TREE);
  return lackOfHost(id) ?? (id === 'typescript' && !hasNode ? 'node is older than 22.6' : null);
}

function gateOf(kind: 'host' | 'tree', engine: string | null, language: Language): ReturnType<typeof gate> {
  const tree = language.id === 'typescript' && !HAS_TYPESCRIPT_TREE ? 'javascript' : language.id;
  const failure = TREE_FAILURES.get(tree);
  if (kind === 'tree' && failure !== undefined) {
    return (title) => describe(title, () => test('its tree is built', () => Promise.reject(failure)));
  }
  const why = engine ?? lackOf(kind, language);
  return gate(`${kind}-${language.id}`, why === null, why ?? '');
}

const ENGINES = [
  ['bubblewrap', 'bwrap'],
  ['nsjail', 'nsjail'],
] as const;

export const LANGUAGE_PLACES: readonly LanguagePlace[] = ENGINES.flatMap(([engine, command]) => {
  const lack = onPath(command) ? null : `${command} is not installed`;
  return (['host', 'tree'] as const).map((kind) => ({
    name: `${kind} on ${engine}`,
    engine,
    rootfs: kind === 'host' ? 'host' : 'auto',
    env: { ...process.env, ...(kind === 'tree' ? { WARDER_ROOTFS_STORE: TREE_STORE } : {}) },
    gate: (language: Language) => gateOf(kind, lack, language),
  }));
});
