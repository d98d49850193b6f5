/**
 * Changes to the plans of a run between deciding and launching. For the escape suite alone: it adds the directory of its
 * probes to a jail, and it takes single controls away to see that their loss would be noticed. Neither the library nor
 * the command line reaches this; whoever holds it can run anything anyway.
 */
import type { LaunchSpec } from '#launch/types.ts';
import type { JailPlan, ProgramPlan } from '#plan/types.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';
import { outerFilter } from '#seccomp/outer.ts';
import type { Prepared } from './prepare.ts';

/** Each is optional; `launch` sees what was rendered from the changed jail. */
export interface PlanTransform {
  readonly jail?: (jail: JailPlan) => JailPlan;
  /** The filter that the launcher installs. */
  readonly outer?: (filter: SeccompFilter) => SeccompFilter;
  readonly launch?: (spec: LaunchSpec) => LaunchSpec;
  readonly program?: (program: ProgramPlan) => ProgramPlan;
}

const same = <T>(value: T): T => value;

export function transformPrepared<P extends Prepared>(prepared: P, transform: PlanTransform | undefined): P {
  if (transform === undefined) return prepared;
  const { jail: onJail = same, outer = same, launch: onLaunch = same, program: onProgram = same } = transform;
  const { engine, filter, policy } = prepared;
  const jail = onJail(prepared.jail);
  const launch = onLaunch(engine.render(jail, outer(outerFilter(filter.model, policy.network.mode))));
  return { ...prepared, jail, launch, program: onProgram(prepared.program) };
}
