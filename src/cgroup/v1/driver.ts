import { type CgroupDriver, type Leaf, type ListDisks, NO_DISKS } from '#cgroup/driver.ts';
import { readGroupFile } from '#cgroup/files.ts';
import { liftIo } from '#cgroup/io-rates.ts';
import { type MakeGroup, makeGroups } from '#cgroup/make-groups.ts';
import type { CgroupSettings, V1Controller } from '#cgroup/types.ts';
import { writeKnobs } from '#cgroup/write-knobs.ts';
import { createV1Leaf } from './leaf.ts';
import { planV1Settings, type V1Directories } from './settings.ts';

export interface V1DriverOptions {
  readonly make?: MakeGroup;
  readonly listDisks?: ListDisks;
}

/** Leaves below our own group in each of `hierarchies`. */
export function createV1Driver(hierarchies: V1Directories, options: V1DriverOptions = {}): CgroupDriver {
  return {
    version: 'v1',
    parents: parentsOf(hierarchies),
    createLeaf: (name, settings) => createLeaf(hierarchies, name, settings, options),
  };
}

async function createLeaf(
  hierarchies: V1Directories,
  name: string,
  settings: CgroupSettings,
  { make, listDisks = NO_DISKS }: V1DriverOptions,
): Promise<Leaf> {
  const used = usedHierarchies(hierarchies, settings);
  const dirs = leafDirectories(used, name);
  const disks = settings.io === undefined ? [] : await listDisks();
  const memoryNodes =
    used.cpuset === undefined ? '' : (await readGroupFile(used.cpuset, 'cpuset.mems')).trim();
  const writes = planV1Settings(dirs, settings, { disks, memoryNodes });
  await makeGroups(parentsOf(used), name, () => writeKnobs(writes), make);
  return createV1Leaf(name, dirs, liftIo('v1', writes));
}

/** Each hierarchy costs a leaf a directory, and a cpuset without settings is one that nothing can join. */
function usedHierarchies(hierarchies: V1Directories, settings: CgroupSettings): V1Directories {
  const { cpuset, blkio, ...always } = hierarchies;
  return {
    ...always,
    ...(cpuset !== undefined && settings.cpus !== undefined ? { cpuset } : {}),
    ...(blkio !== undefined && settings.io !== undefined ? { blkio } : {}),
  };
}

function parentsOf(hierarchies: V1Directories): readonly string[] {
  return [...new Set(Object.values(hierarchies))];
}

function leafDirectories(hierarchies: V1Directories, name: string): V1Directories {
  const entries = Object.entries(hierarchies) as [V1Controller, string][];
  return Object.fromEntries(entries.map(([controller, parent]) => [controller, `${parent}/${name}`]));
}
