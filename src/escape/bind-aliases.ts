/** What of the host a policy's own binds let a program name: every path below a source has one below its target. */
import { posix } from 'node:path';
import type { Bind, Facts } from './types.ts';

/** `path` of the host as it is called inside; none where no bind covers it. */
export function aliasesOf(path: string, { policy: { binds = [] } }: Facts): readonly string[] {
  return binds.flatMap((bind) => aliasBy(bind, path) ?? []);
}

/** The paths, and where they lie besides. */
export function withAliases(paths: readonly string[], facts: Facts): readonly string[] {
  return [...new Set(paths.flatMap((path) => [path, ...aliasesOf(path, facts)]))];
}

function aliasBy({ source, target }: Bind, path: string): string | null {
  const below = posix.relative(posix.normalize(source), path);
  if (below === '..' || below.startsWith('../')) return null;
  return posix.join(target, below);
}
