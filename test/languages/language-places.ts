/** Where languages are tried: the host's own files and built trees, on each engine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toolsOf } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { languagesHere } from '#languages-here.ts';
import { gate } from '../helpers/gate.ts';

export interface LanguagePlace {
  readonly name: string;
  readonly engine: 'bubblewrap' | 'nsjail';
  readonly rootfs: 'auto' | 'host';
  readonly env: NodeJS.ProcessEnv;
  readonly gate: (language: Language) => ReturnType<typeof gate>;
}

/** A store with built trees: WARDER_LANGUAGES_STORE, as `warder rootfs build` fills it. */
const STORE = process.env['WARDER_LANGUAGES_STORE'] ?? '/var/lib/warder/rootfs';

const here = new Map((await languagesHere()).map(({ language, missing }) => [language.id, missing]));

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(join(directory, command)));
}

/** null where it can run. */
function lackOfHost(language: Language): string | null {
  const missing = here.get(language.id) ?? toolsOf(language).flat();
  if (missing.length > 0) return `${missing.join(' and ')} is not in /usr`;
  return lackOfNode(language);
}

function lackOfTree(language: Language): string | null {
  const name = language.id === 'typescript' ? 'javascript' : language.id;
  const built = existsSync(join(STORE, 'names', `${name}.json`));
  return built ? lackOfNode(language) : `no tree \`${name}\` in ${STORE}`;
}

/** Trees are made of this machine's own node. */
function lackOfNode({ id }: Language): string | null {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return id === 'typescript' && (major < 22 || (major === 22 && minor < 6))
    ? 'node is older than 22.6'
    : null;
}

const ENGINES = [
  ['bubblewrap', 'bwrap'],
  ['nsjail', 'nsjail'],
] as const;

export const LANGUAGE_PLACES: readonly LanguagePlace[] = ENGINES.flatMap(([engine, command]) =>
  (['host', 'tree'] as const).map((kind) => ({
    name: `${kind} on ${engine}`,
    engine,
    rootfs: kind === 'host' ? 'host' : 'auto',
    env: { ...process.env, ...(kind === 'tree' ? { WARDER_ROOTFS_STORE: STORE } : {}) },
    gate: (language: Language) => {
      const lack = onPath(command) ? null : `${command} is not installed`;
      const why = lack ?? (kind === 'host' ? lackOfHost(language) : lackOfTree(language));
      return gate(`${kind}-${language.id}`, why === null, why ?? '');
    },
  })),
);
