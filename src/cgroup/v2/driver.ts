import { join } from 'node:path';
import { type CgroupDriver, type ListDisks, type MoveIntoGroup, NO_DISKS } from '#cgroup/driver.ts';
import { liftIo } from '#cgroup/io-rates.ts';
import { type MakeGroup, makeGroups } from '#cgroup/make-groups.ts';
import { writeKnobs } from '#cgroup/write-knobs.ts';
import { createV2Leaf } from './leaf.ts';
import { planV2Settings } from './settings.ts';

export interface V2DriverOptions {
  readonly make?: MakeGroup;
  /** Given where a process may not move itself into a leaf. */
  readonly move?: MoveIntoGroup | null;
  readonly listDisks?: ListDisks;
}

/**
 * Leaves below `dir`, which passes `controllers` on to its children (cgroup.subtree_control).
 * A group that passes controllers on must not hold processes itself, so the supervisor has to live elsewhere.
 */
export function createV2Driver(
  dir: string,
  controllers: readonly string[],
  { make, move = null, listDisks = NO_DISKS }: V2DriverOptions = {},
): CgroupDriver {
  return {
    version: 'v2',
    parents: [dir],
    async createLeaf(name, settings) {
      const leafDir = join(dir, name);
      const disks = settings.io === undefined ? [] : await listDisks();
      const writes = planV2Settings(leafDir, controllers, settings, disks);
      await makeGroups([dir], name, () => writeKnobs(writes), make);
      return createV2Leaf(name, leafDir, { move, lifts: liftIo('v2', writes) });
    },
  };
}
