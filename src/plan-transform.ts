/**
 * Changes to the plans of a run between deciding and launching. For the escape suite alone: it adds the directory of its
 * probes to a jail, and it takes single controls away to see that their loss would be noticed. Neither the library nor
 * the command line reaches this; whoever holds it can run anything anyway.
 */
import type { LaunchSpec } from '#launch/types.ts';
import type { JailPlan, ProgramPlan } from '#plan/types.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';
import { outerFilter } from '#seccomp/outer.ts';
import type { Prepared, PreparedCompile, PreparedPhase } from './prepare.ts';

/** Each is optional; `launch` sees what was rendered from the changed jail. */
export interface PlanTransform {
  readonly jail?: (jail: JailPlan) => JailPlan;
  /** The filter that the launcher installs. */
  readonly outer?: (filter: SeccompFilter) => SeccompFilter;
  readonly launch?: (spec: LaunchSpec) => LaunchSpec;
  readonly program?: (program: ProgramPlan) => ProgramPlan;
  /** The same for the phase before, where the request has one; the others are for what runs. */
  readonly compile?: Omit<PlanTransform, 'compile'>;
}

const same = <T>(value: T): T => value;

export function transformPrepared<P extends Prepared>(prepared: P, transform: PlanTransform | undefined): P {
  if (transform === undefined) return prepared;
  return {
    ...prepared,
    ...transformPhase(prepared, transform),
    compile: prepared.compile && transformCompile(prepared.compile, transform),
  };
}

function transformCompile(
  compile: PreparedCompile,
  { program = same, compile: own }: PlanTransform,
): PreparedCompile {
  return {
    ...compile,
    ...(own ? transformPhase(compile, own) : {}),
    // What runs is planned anew when it has been compiled.
    planRun: (outputs) => program(compile.planRun(outputs)),
  };
}

function transformPhase(phase: PreparedPhase, transform: PlanTransform) {
  const { jail: onJail = same, outer = same, launch: onLaunch = same, program: onProgram = same } = transform;
  const { engine, filter, policy } = phase;
  const jail = onJail(phase.jail);
  const launch = onLaunch(engine.render(jail, outer(outerFilter(filter.model, policy.network.mode))));
  return { jail, launch, program: onProgram(phase.program) };
}
