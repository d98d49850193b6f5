import { WarderError } from '#error/warder-error.ts';
import type { ResolvedRootfs } from './types.ts';

/** What of the host's own system may be shown; a subset of HostRootfsFacts, which this layer does not import. */
export interface HostTree {
  readonly topLevel: readonly { readonly path: string; readonly linkTo: string | null }[];
  readonly etc: readonly string[];
  readonly commands: Readonly<Record<string, string>>;
  readonly path: readonly string[];
}

/**
 * `host`: the host's /usr, read-only. `auto` takes a built tree, and where none is built the host's, which the
 * policy must allow (`allowDegraded: [rootfs]`); that decision is plan's.
 * @throws WarderError HOST_ROOTFS_MISSING for a name that is not built
 */
export function resolveRootfs(name: string, host: HostTree): ResolvedRootfs {
  if (name !== 'host' && name !== 'auto') {
    throw new WarderError('HOST_ROOTFS_MISSING', `the root file system \`${name}\` is not built`, {
      details: { rootfs: name },
      hint: 'Use --rootfs host with a policy that allows it (strict and development do)',
    });
  }
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
