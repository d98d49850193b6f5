import type { CgroupController, HostFacts } from '#host/types.ts';
import type { Limit, ResolvedPolicy } from '#policy/types.ts';
import type { Control, ControlEntry, Enforcer } from '#result/control.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';
import type { EngineCapabilities } from './types.ts';

/** What holds a control is decided from. */
export interface ControlContext {
  readonly policy: ResolvedPolicy;
  readonly host: HostFacts;
  readonly rootfs: ResolvedRootfs;
  readonly engine: EngineCapabilities;
}

export interface ControlFinding {
  readonly entry: ControlEntry;
  /** Why the control cannot be held (fully); undefined when it is. */
  readonly gap?: string;
}

export type Value = ControlEntry['value'];

export function held(control: Control, value: Value, enforcedBy: readonly Enforcer[]): ControlFinding {
  return { entry: { control, value, enforcedBy } };
}

export function gap(
  control: Control,
  value: Value,
  enforcedBy: readonly Enforcer[],
  why: string,
): ControlFinding {
  return { entry: { control, value, enforcedBy }, gap: why };
}

export const shown = (limit: Limit): Value => limit ?? 'unlimited';

export interface CgroupHolding {
  readonly controller: CgroupController;
  /** The layers that hold it besides. */
  readonly others?: readonly Enforcer[];
  /** What stands in where no cgroup holds it, less exactly. */
  readonly standIns?: readonly Enforcer[];
}

/** A limit that only a cgroup can hold. */
export function heldByCgroup(
  { cgroup }: HostFacts,
  control: Control,
  value: Value,
  { controller, others = [], standIns = [] }: CgroupHolding,
): ControlFinding {
  const { driver, controllers, unusable } = cgroup;
  if (driver !== 'none' && controllers.includes(controller)) {
    return held(control, value, [driver === 'v1' ? 'cgroup1' : 'cgroup2', ...others]);
  }
  // Without a driver no controller is to blame, and all of them share one reason.
  const why =
    driver === 'none'
      ? (unusable['driver'] ?? 'no cgroup can be made here')
      : `the ${controller} controller is not usable: ${unusable[controller] ?? 'it is not there'}`;
  return gap(control, value, [...others, ...standIns], why);
}
