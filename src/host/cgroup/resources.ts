/** What of the host the optional limits are about. */
import { readGroupFileIfPresent } from '#cgroup/files.ts';
import type { CgroupLocation, CgroupProbe } from '#cgroup/types.ts';
import { parseCpuList } from '#util/cpu-list.ts';

/** Processors that a leaf can be given; empty where the kernel does not tell. @throws WarderError CGROUP_READ_FAILED */
export async function readCpus(location: CgroupLocation): Promise<readonly number[]> {
  const text = await readCpuList(location);
  return parseCpuList(text ?? '') ?? [];
}

async function readCpuList(location: CgroupLocation): Promise<string | null> {
  if (location.driver === 'v2') return readGroupFileIfPresent(location.dir, 'cpuset.cpus.effective');
  if (location.driver === 'none' || location.hierarchies.cpuset === undefined) return null;
  return readGroupFileIfPresent(location.hierarchies.cpuset, 'cpuset.cpus');
}

/** Rates hold for disks: where none is known, none is limited. */
export function needDisks(probe: CgroupProbe, disks: readonly string[]): CgroupProbe {
  if (disks.length > 0 || !probe.abilities.io.usable) return probe;
  const io = { usable: false, why: 'no disk is listed in /sys/block', errno: null } as const;
  return { ...probe, abilities: { ...probe.abilities, io } };
}
