import type { CgroupDriver, ListDisks, MoveIntoGroup } from './driver.ts';
import {
  type CgroupAbility,
  type CgroupLocation,
  type CgroupProbe,
  V1_CONTROLLERS,
  type V1Controller,
} from './types.ts';
import { createV1Driver } from './v1/driver.ts';
import { createV2Driver } from './v2/driver.ts';

const V2_LIMITS = ['memory', 'pids', 'cpu', 'cpuset', 'io'] as const;

export interface DriverOptions {
  readonly move?: MoveIntoGroup | null;
  readonly listDisks?: ListDisks;
}

/** The driver for what the probe found usable; null where no leaf can be made at all. */
export function openCgroupDriver(
  location: CgroupLocation,
  probe: CgroupProbe,
  options: DriverOptions = {},
): CgroupDriver | null {
  const { abilities } = probe;
  if (location.driver === 'v1') {
    const usable = V1_CONTROLLERS.filter((controller) => abilities[v1Ability(controller)].usable);
    const entries = usable.map((controller) => [controller, location.hierarchies[controller]]);
    return usable.length === 0 ? null : createV1Driver(Object.fromEntries(entries), options);
  }
  // cpu.stat is there in every v2 group, so without it there was no group.
  if (location.driver === 'none' || !abilities.cpuacct.usable) return null;
  const usable = V2_LIMITS.filter((controller) => abilities[controller].usable);
  return createV2Driver(location.dir, usable, options);
}

function v1Ability(controller: V1Controller): CgroupAbility {
  return controller === 'blkio' ? 'io' : controller;
}
