import type { CgroupDriver, Leaf } from '#cgroup/driver.ts';
import { type MakeGroup, makeGroups } from '#cgroup/make-groups.ts';
import type { CgroupSettings, V1Controller } from '#cgroup/types.ts';
import { writeKnobs } from '#cgroup/write-knobs.ts';
import { createV1Leaf } from './leaf.ts';
import { planV1Settings, type V1Directories } from './settings.ts';

/** Leaves below our own group in each of `hierarchies`. */
export function createV1Driver(hierarchies: V1Directories, make?: MakeGroup): CgroupDriver {
  const parents = [...new Set(Object.values(hierarchies))];
  return {
    version: 'v1',
    parents,
    createLeaf: (name, settings) => createLeaf(hierarchies, parents, name, settings, make),
  };
}

async function createLeaf(
  hierarchies: V1Directories,
  parents: readonly string[],
  name: string,
  settings: CgroupSettings,
  make: MakeGroup | undefined,
): Promise<Leaf> {
  const dirs = leafDirectories(hierarchies, name);
  const writes = planV1Settings(dirs, settings);
  await makeGroups(parents, name, () => writeKnobs(writes), make);
  return createV1Leaf(name, dirs);
}

function leafDirectories(hierarchies: V1Directories, name: string): V1Directories {
  const entries = Object.entries(hierarchies) as [V1Controller, string][];
  return Object.fromEntries(entries.map(([controller, parent]) => [controller, `${parent}/${name}`]));
}
