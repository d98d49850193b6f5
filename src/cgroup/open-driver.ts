import type { CgroupDriver, MoveIntoGroup } from './driver.ts';
import { type CgroupLocation, type CgroupProbe, V1_CONTROLLERS } from './types.ts';
import { createV1Driver } from './v1/driver.ts';
import { createV2Driver } from './v2/driver.ts';

const V2_LIMITS = ['memory', 'pids', 'cpu'] as const;

/** The driver for what the probe found usable; null where no leaf can be made at all. */
export function openCgroupDriver(
  location: CgroupLocation,
  probe: CgroupProbe,
  move: MoveIntoGroup | null = null,
): CgroupDriver | null {
  const { abilities } = probe;
  if (location.driver === 'v1') {
    const usable = V1_CONTROLLERS.filter((controller) => abilities[controller].usable);
    const entries = usable.map((controller) => [controller, location.hierarchies[controller]]);
    return usable.length === 0 ? null : createV1Driver(Object.fromEntries(entries));
  }
  // cpu.stat is there in every v2 group, so without it there was no group.
  if (location.driver === 'none' || !abilities.cpuacct.usable) return null;
  return createV2Driver(
    location.dir,
    V2_LIMITS.filter((controller) => abilities[controller].usable),
    { move },
  );
}
