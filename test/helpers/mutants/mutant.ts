/**
 * A mutant is a plan with one control taken away. Only tests can make one: the suite itself has no way to run with less
 * than a policy says, its own probes and their positive controls aside.
 */
import type { JailPlan, LaunchSpec, PlanTransform, ProgramPlan } from '../../../src/internal.ts';

export interface Mutant {
  /** Which control is gone. Never changes: the table of docs/escape-mutants.md has a line for each. */
  readonly id: string;
  readonly remove: PlanTransform;
  /**
   * Another control that holds the same and would hide the loss. It is taken away on both sides of the comparison, so that
   * what is compared is this control alone.
   */
  readonly behind?: { readonly id: string; readonly remove: PlanTransform };
  /** Attacks that have to run, by id or category; default: all. */
  readonly attacks?: readonly string[];
  /** Runs attacks that could do harm as well: for limits, whose loss nothing else can show. */
  readonly destructive?: true;
  /** Only this engine has it. */
  readonly engine?: 'bubblewrap' | 'nsjail';
  /** Why nothing in the plan's reach can notice, and what is known instead. Checked: such a mutant must not be noticed. */
  readonly unseen?: string;
}

/** Fails when nothing changed: a mutant that is the original proves nothing. */
export function changed<T>(before: T, after: T): T {
  if (JSON.stringify(before) === JSON.stringify(after))
    throw new RangeError('there was nothing to take away');
  return after;
}

export function onJail(change: (jail: JailPlan) => Partial<JailPlan>): PlanTransform {
  return { jail: (jail) => changed(jail, { ...jail, ...change(jail) }) };
}

export function onSpec(change: (spec: ProgramPlan['spec']) => Partial<ProgramPlan['spec']>): PlanTransform {
  return {
    program: (plan) => changed(plan, { ...plan, spec: { ...plan.spec, ...change(plan.spec) } }),
  };
}

export function onSupervision(change: Partial<ProgramPlan['supervision']>): PlanTransform {
  return {
    program: (plan) => changed(plan, { ...plan, supervision: { ...plan.supervision, ...change } }),
  };
}

/** The launcher's own text: options of bubblewrap, ended by NUL each, or the configuration of nsjail. */
export function onLauncher(
  edit: Readonly<Record<LaunchSpec['engine'], readonly [string, string]>>,
): PlanTransform {
  return {
    launch: (spec) => {
      const [first, ...rest] = spec.blobs;
      const before = Buffer.from(first ?? []).toString('latin1');
      const [from, to] = edit[spec.engine];
      return {
        ...spec,
        blobs: [Buffer.from(changed(before, before.replaceAll(from, to)), 'latin1'), ...rest],
      };
    },
  };
}

export function onlyOn(engine: LaunchSpec['engine'], from: string, to: string): PlanTransform {
  const none = ['', ''] as const;
  return onLauncher({ bubblewrap: none, nsjail: none, [engine]: [from, to] });
}
