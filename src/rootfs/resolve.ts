import { notBuilt } from './errors.ts';
import type { ResolvedRootfs } from './types.ts';

/** What of the host's own system may be shown; a subset of HostRootfsFacts, which this layer does not import. */
export interface HostTree {
  readonly topLevel: readonly { readonly path: string; readonly linkTo: string | null }[];
  readonly etc: readonly string[];
  readonly commands: Readonly<Record<string, string>>;
  readonly path: readonly string[];
}

/**
 * `host`: the host's /usr, read-only. `auto`: a built tree, and where there is none the host's, which the policy must allow
 * (`allowDegraded: [rootfs]`); that decision is plan's. Anything else is the name of a tree.
 * @param built what a TreeFinder found for the name, or for the run under `auto`
 * @throws WarderError HOST_ROOTFS_MISSING for a name that is not built
 */
export function resolveRootfs(name: string, host: HostTree, built?: ResolvedRootfs): ResolvedRootfs {
  if (name !== 'host' && built) return built;
  if (name === 'host' || name === 'auto') return hostRootfs(host);
  throw notBuilt(name);
}

function hostRootfs(host: HostTree): ResolvedRootfs {
  const directories = host.topLevel.filter(({ linkTo }) => linkTo === null).map(({ path }) => path);
  return {
    name: 'host',
    sha256: null,
    binds: ['/usr', ...directories, ...host.etc].map((path) => ({ source: path, target: path })),
    symlinks: host.topLevel.flatMap(({ path, linkTo }) =>
      linkTo === null ? [] : [{ target: path, to: linkTo }],
    ),
    path: host.path,
    commands: host.commands,
  };
}
