/**
 * A mutant is a run with one control taken away: from its plans, or from the native program. Only tests can make one: the
 * suite itself has no way to run with less than a policy says, its own probes and their positive controls aside.
 */
import type { JailPlan, LaunchSpec, PlanTransform, ProgramPlan } from '#internal.ts';
import type { NativeEdit } from './native-build.ts';

/** What is taken away: of the plans, of the native program, or of both. */
export interface Removal {
  /** Which control is gone. Never changes: the table of docs/escape-mutants.md has a line for each. */
  readonly id: string;
  readonly remove?: PlanTransform;
  readonly native?: readonly NativeEdit[];
}

/** What is asked about a removal. */
export interface Question {
  /** Attacks that have to run, by id or category. */
  readonly attacks: readonly string[];
  /** Runs attacks that could do harm as well: for limits, whose loss nothing else can show. */
  readonly destructive?: true;
  /** Only this engine has it. */
  readonly engine?: 'bubblewrap' | 'nsjail';
  /**
   * Another control that holds the same and would hide the loss. It is taken away on both sides of the comparison, so that
   * what is compared is this control alone.
   */
  readonly behind?: Removal;
  /** What the host must have for the loss to matter; where that is missing the mutant is left out, and the page says so. */
  readonly needs?: 'CAP_SYS_RESOURCE';
}

export interface Mutant extends Removal, Question {
  /** For two controls of one promise, wanted on purpose: the other one, without which nobody is left to hold it. */
  readonly second?: Removal;
}

/** Fails when nothing changed: a mutant that is the original proves nothing. */
function changed<T>(before: T, after: T): T {
  if (JSON.stringify(before) === JSON.stringify(after))
    throw new RangeError('there was nothing to take away');
  return after;
}

export function onJail(change: (jail: JailPlan) => Partial<JailPlan>): PlanTransform {
  return { jail: (jail) => changed(jail, { ...jail, ...change(jail) }) };
}

export function onSpec(change: (spec: ProgramPlan['spec']) => Partial<ProgramPlan['spec']>): PlanTransform {
  return {
    program: (plan) => {
      const spec = { ...plan.spec, ...change(plan.spec) };
      changed(comparable(plan.spec), comparable(spec));
      return { ...plan, spec };
    },
  };
}

/** Thousands of instructions as one number each would be compared slowly. */
function comparable({ filter, ...rest }: ProgramPlan['spec']): object {
  return { ...rest, filter: Buffer.from(filter).toString('base64') };
}

export function onSupervision(change: Partial<ProgramPlan['supervision']>): PlanTransform {
  return {
    program: (plan) => ({
      ...plan,
      supervision: changed(plan.supervision, { ...plan.supervision, ...change }),
    }),
  };
}

/** The launcher's own text: options of bubblewrap, ended by NUL each, or the configuration of nsjail. */
export function onLauncher(
  edit: Readonly<Record<LaunchSpec['engine'], readonly [string, string]>>,
): PlanTransform {
  return onText((text, engine) => text.replaceAll(...edit[engine]));
}

export function onlyOn(engine: LaunchSpec['engine'], from: string, to: string): PlanTransform {
  const none = ['', ''] as const;
  return onLauncher({ bubblewrap: none, nsjail: none, [engine]: [from, to] });
}

export function onText(edit: (text: string, engine: LaunchSpec['engine']) => string): PlanTransform {
  return {
    launch: (spec) => {
      const [first, ...rest] = spec.blobs;
      const before = Buffer.from(first ?? []).toString('latin1');
      const after = changed(before, edit(before, spec.engine));
      return { ...spec, blobs: [Buffer.from(after, 'latin1'), ...rest] };
    },
  };
}
