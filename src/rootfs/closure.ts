/**
 * Which files a tree consists of: what the manifest names, the links on the way there, and every library that one of
 * these files needs, found as the dynamic loader would find it. Nothing is copied here.
 */
import { posix } from 'node:path';
import { WarderError } from '#error/warder-error.ts';
import { Collector, findCommand, type TreeItem } from './collector.ts';
import { matcher } from './glob.ts';
import { LibraryFinder } from './libraries.ts';
import type { Selection } from './manifest-schema.ts';
import type { SourceTree } from './source-tree.ts';

export interface ClosureInput extends Selection {
  readonly packages: readonly string[];
}

/** Inside path → what lies there. @throws WarderError HOST_ROOTFS_BUILD_FAILED for what is not to be found */
export async function collectClosure(
  name: string,
  tree: SourceTree,
  input: ClosureInput,
): Promise<ReadonlyMap<string, TreeItem>> {
  const real = await resolveCommands(tree, input.commands);
  const missing = input.commands.filter((command) => !real.has(commandName(command)));
  if (missing.length > 0)
    throw notFound(
      name,
      missing.map((command) => `the command ${command}`),
    );
  const expand = (pattern: string) => expandVariables(pattern, real);
  const excluded = matcher(input.exclude.map(expand));
  const libraries = await LibraryFinder.open(tree);
  const collector = new Collector({ tree, libraries, excluded, preloaded: input.preloaded });
  for (const command of input.commands) await collector.addCommand(command);
  for (const pattern of input.files) await collector.addPattern(expand(pattern));
  for (const pattern of input.packages) await collector.addPackage(pattern);
  for (const library of input.libraries) await collector.addLibrary(library);
  await collector.finish();
  if (collector.missing.length > 0) throw notFound(name, collector.missing);
  return collector.items;
}

/** Name of a command → the file it leads to. */
export async function resolveCommands(
  tree: SourceTree,
  commands: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    commands.map(async (command) => {
      const place = await findCommand(tree, command);
      const real = place === undefined ? undefined : await tree.resolve(place);
      return real === undefined ? [] : [[commandName(command), real] as const];
    }),
  );
  return new Map(found.flat());
}

/** Of `javac`, and of a pattern for it in a directory of its own. */
export function commandName(command: string): string {
  return posix.basename(command);
}

/** `${python3}` → python3.11, `${javac:dir}` → /usr/lib/jvm/java-17-openjdk-amd64/bin. */
export function expandVariables(text: string, real: ReadonlyMap<string, string>): string {
  const expanded = text.replace(/\$\{([^}:]+)(:dir)?\}/g, (whole, command: string, dir?: string) => {
    const path = real.get(command);
    if (path === undefined) return whole;
    return dir === undefined ? posix.basename(path) : posix.dirname(path);
  });
  return expanded.startsWith('/') ? posix.normalize(expanded) : expanded;
}

function notFound(name: string, what: readonly string[]): WarderError {
  const shown = what.slice(0, 5).join(', ') + (what.length > 5 ? ` and ${what.length - 5} more` : '');
  const why = `not found: ${shown}`;
  return new WarderError(
    'HOST_ROOTFS_BUILD_FAILED',
    `the root file system ${name} cannot be collected: ${why}`,
    {
      details: { rootfs: name, step: 'collect', why },
      hint: 'Install what is missing with the package manager of the system, or take it from a mirror: --builder debian',
    },
  );
}
