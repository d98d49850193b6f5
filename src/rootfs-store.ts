import { TreeFinder } from '#rootfs/finder.ts';
import { resolveStore, Store } from '#rootfs/store.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The store that this process reads and writes.
 * @throws WarderError HOST_ROOTFS_STORE where the environment names none
 */
export function openStore(env: Env): Store {
  const uid = process.geteuid?.() ?? -1;
  return new Store(resolveStore({ uid, env }), uid);
}

/** What runs look trees up with; null for a user without a home and without a store, who cannot have built any. */
export function openTreeFinder(env: Env): TreeFinder | null {
  const { WARDER_ROOTFS_STORE: given, XDG_DATA_HOME: data, HOME: home } = env;
  const hasStore = process.geteuid?.() === 0 || [given, data, home].some((path) => path !== undefined);
  return hasStore ? new TreeFinder(openStore(env)) : null;
}
