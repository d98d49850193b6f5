import type { CgroupDriver, Leaf } from '#cgroup/driver.ts';
import { hasGroupFile } from '#cgroup/files.ts';
import { type MakeGroup, makeGroups } from '#cgroup/make-groups.ts';
import { unenforceable } from '#cgroup/setting.ts';
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
  const setUp = async (): Promise<void> => {
    // Kernels booted with swapaccount=0 lack the file; a limit that cannot be set must not pass for one that is.
    const swapDir = settings.swapBytes === null ? undefined : dirs.memory;
    if (swapDir !== undefined && !(await hasGroupFile(swapDir, 'memory.memsw.limit_in_bytes'))) {
      throw unenforceable('swap', 'memory.memsw.limit_in_bytes does not exist: swap accounting is off');
    }
    await writeKnobs(writes);
  };
  await makeGroups(parents, name, setUp, make);
  return createV1Leaf(name, dirs);
}

function leafDirectories(hierarchies: V1Directories, name: string): V1Directories {
  const entries = Object.entries(hierarchies) as [V1Controller, string][];
  return Object.fromEntries(entries.map(([controller, parent]) => [controller, `${parent}/${name}`]));
}
