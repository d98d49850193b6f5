/** The report of one suite, as `--format json` prints it (report-schema.ts). */
import type { Target } from './target.ts';
import type { AttackInfo, Facts, Finding, Verdict } from './types.ts';

export interface LayerFinding {
  /** The control that was taken away. */
  readonly without: string;
  readonly verdict: Verdict;
}

/** An attack as its module describes it, and what became of it. */
export interface AttackReport extends Omit<AttackInfo, 'destructive' | 'applies'>, Finding {
  /** null without --layers, and for attacks that have none. */
  readonly layers: readonly LayerFinding[] | null;
}

export interface TargetReport {
  readonly target: Target;
  /** null when the target could not be prepared: then there are no attacks, and `problem` says why. */
  readonly facts: Facts | null;
  readonly problem: string | null;
  readonly attacks: readonly AttackReport[];
  readonly summary: Readonly<Record<Verdict, number>>;
  /** Canaries of the host that were touched or changed; each of them is an escape. */
  readonly canaries: readonly string[];
}

/** What an attack was in a former report and is now. */
export interface Change {
  readonly target: string;
  readonly id: string;
  /** null: was not there. */
  readonly before: Verdict | null;
  /** null: is there no more. */
  readonly after: Verdict | null;
  /** worse: less is known to hold than before. better: more. other: an attack came or went, or left nothing to hold. */
  readonly direction: 'better' | 'worse' | 'other';
}

export interface EscapeReport {
  readonly schema: 1;
  readonly warder: string;
  readonly host: {
    readonly kernel: string;
    readonly arch: string;
    readonly uid: number;
    readonly node: string;
  };
  readonly targets: readonly TargetReport[];
  readonly startedAt: string;
  readonly ms: number;
  /** With --baseline: what changed since that report. */
  readonly baseline?: { readonly startedAt: string; readonly changes: readonly Change[] };
}
